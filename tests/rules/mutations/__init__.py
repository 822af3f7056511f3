"""Ways to break a good manifest so that one rule must fire: a table for each rule set."""

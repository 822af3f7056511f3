"""Rules about the checks that a collection declares."""

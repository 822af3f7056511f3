"""Rules about render options: their query strings, band arithmetic, colours, vector styles and legends."""

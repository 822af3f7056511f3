"""Rules about what makes a catalog pleasant to use."""

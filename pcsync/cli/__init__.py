"""The command line: parses, wires the arms of the star together, prints what a renderer returns."""

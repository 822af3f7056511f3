"""Search over items: what a request asks for as values, and those values as SQL with bound parameters."""

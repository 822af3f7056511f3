"""What a schema cannot say: whether a configuration can work. One engine, many rules, each with its documentation and its test."""

"""Rules about what the service takes: ids, sources, ingestions, tile settings, queryables, and what people guess first."""

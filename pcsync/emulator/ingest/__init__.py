"""Work that reads files or hosts: assets of items, static catalogs, geoparquet. Always outside of a transaction."""

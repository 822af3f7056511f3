"""Rules about the STAC document: core schema, extensions, extents, licences."""

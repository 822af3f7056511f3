"""Rules about mosaics: their CQL2-JSON, and whether it can ever match."""

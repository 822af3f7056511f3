"""What the catalog remembers: rows in, values out. No HTTP here."""

"""pcsync: the configuration of a GeoCatalog in Git."""

__version__ = "0.1.0"

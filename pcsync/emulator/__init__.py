"""A GeoCatalog in a box: an ASGI app on SQLite, written from the service's documents and recorded exchanges only.

It imports nothing of pcsync. `app` wires; `table` says which handler serves which route on what evidence; `routes`
speak HTTP; `state` is what the catalog remembers; `unknowns` are the switches for what nobody documents.
"""

from .app import GeoCatalog, create_app
from .faults import Fault
from .settings import Settings

__all__ = ["Fault", "GeoCatalog", "Settings", "create_app"]

"""The GeoCatalog as a client sees it: one retry rule, one error family, one limiter, and no knowledge of kinds.

``http.Catalog`` is the whole of it to the outside; ``Catalog.reader()`` is the half that cannot write.
"""

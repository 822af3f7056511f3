"""Pixels with rasterio and rio-tiler: everything here needs the extra `tiles` and is imported only when a request needs it.

A request is taken apart in its transaction (which files, which parameters) and worked out later in a thread.
"""

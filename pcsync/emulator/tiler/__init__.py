"""The tiler of the emulated catalog: `/data/*` (geocatalog-api section 4, emulator-notes 1 and 5).

What needs no pixels (searches, TileJSON, tile matrix sets, WMTS, asset lists, legends) is here and needs nothing beyond
the standard library. `pixels/` is the other half; it needs the extra `tiles` (rio-tiler) and answers 501 without it.
"""

"""What a person does in the portal, for ``make demo``: another colour map for a render option of a catalog in a file.

python examples/portal_edit.py CATALOG.sqlite COLLECTION RENDER_OPTION COLORMAP
"""

from __future__ import annotations

import asyncio
import re
import sys

import httpx

from pcsync.emulator import create_app


async def edit(file: str, collection: str, option: str, colormap: str) -> None:
    """Read the render option, replace its colour map, write it back: the same requests that the portal sends."""
    app = create_app(file)
    base = f"/stac/collections/{collection}/configurations"
    version = {"api-version": "2026-04-15"}
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://emulator") as portal:
            live = (await portal.get(base, params=version)).raise_for_status().json()
            (found,) = (it for it in live["mosaicInfo"]["renderOptions"] if it["id"] == option)
            found["options"] = re.sub(r"(?<=colormap_name=)\w+", colormap, found["options"])
            (await portal.put(f"{base}/render-options/{option}", params=version, json=found)).raise_for_status()
    finally:
        app.close()


if __name__ == "__main__":
    asyncio.run(edit(*sys.argv[1:]))

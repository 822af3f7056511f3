"""Assets of the collection itself."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pcsync.kinds.models._base import Shape

Name = Annotated[str, Field(min_length=1, max_length=255)]


class Asset(Shape):
    """A file that belongs to the collection as a whole."""

    file: str = Field(min_length=1, description="The local file, relative to the manifest.")
    title: str | None = Field(None, description="What people read.")
    type: str | None = Field(None, min_length=1, description="Media type; told from the file's suffix when absent.")
    roles: list[str] | None = Field(None, description="thumbnail, overview, metadata, data …")
    description: str | None = Field(None, description="What it holds.")

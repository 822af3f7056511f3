"""Bases and types that the models share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

INT32 = 2**31 - 1
MAX_ZOOM = 24
ID = r"^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?$"
"""The service's own pattern (dossier 3.10), written without lookarounds so that every regex engine reads it."""

Id30 = Annotated[str, Field(min_length=1, max_length=30, pattern=ID)]
Zoom = Annotated[int, Field(ge=0, le=MAX_ZOOM)]


class Shape(BaseModel):
    """A part of a manifest: exact types, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid")


class CamelShape(Shape):
    """A part of a manifest whose wire names are camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


class OpenShape(Shape):
    """A part of a STAC document: extensions may add keys to it."""

    model_config = ConfigDict(extra="allow")

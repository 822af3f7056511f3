"""Leaving parts of an item out of an answer (STAC fields extension, as pgstac carries it out)."""

from typing import Any

from .criteria import Fields

Json = dict[str, Any]
ALWAYS = ("id", "collection")
DEFAULT = ("type", "stac_version", "id", "collection", "geometry", "bbox", "links", "assets", "properties.datetime")


def trimmed(item: Json, fields: Fields) -> Json:
    """What is included (the default set when only nothing is named), without what is excluded."""
    include = fields.include or (() if fields.exclude else DEFAULT)
    kept = _only(item, [_steps(name) for name in (*include, *ALWAYS)]) if include else item
    trimmed_item: Json = _without(kept, [_steps(name) for name in fields.exclude if name not in fields.include])
    return trimmed_item


def _steps(name: str) -> list[str]:
    """A property may hold dots only behind `properties.`: the rest is one name or a path."""
    return name.split(".")


def _only(value: Any, paths: list[list[str]]) -> Any:
    if not isinstance(value, dict) or any(not path for path in paths):
        return value
    kept = {}
    for key, entry in value.items():
        below = [path[1:] for path in paths if path[0] == key]
        if below:
            kept[key] = _only(entry, below)
    return kept


def _without(value: Any, paths: list[list[str]]) -> Any:
    if not isinstance(value, dict) or not paths:
        return value
    gone = {path[0] for path in paths if len(path) == 1}
    deeper = {key: [path[1:] for path in paths if path[0] == key and len(path) > 1] for key in value}
    return {key: _without(entry, deeper[key]) for key, entry in value.items() if key not in gone}

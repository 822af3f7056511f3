"""The render options, mosaics and tile settings of a collection, as they are and as a plan leaves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.core.change import Action, Change
from pcsync.core.diff import same
from pcsync.core.errors import ServiceError
from pcsync.core.resource import Body

RASTER = "raster-tile"
MADE = frozenset({Action.CREATE, Action.UPDATE, Action.ADOPT})
Cql = tuple[Any, ...]
"""The expressions of a mosaic; all of them hold."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What decides how a collection looks; bodies by id, in the order of the service."""

    options: Mapping[str, Body] = field(default_factory=dict)
    mosaics: Mapping[str, Body] = field(default_factory=dict)
    settings: Body = field(default_factory=dict)

    def rasters(self) -> Iterator[str]:
        """Ids of the render options that the tiler draws."""
        return (name for name, body in self.options.items() if raster(body) and body.get("options"))


def live_configuration(body: Any) -> Configuration:
    """Out of GET …/configurations. Raises ServiceError for a body of another shape than the documented one."""
    try:
        shown = body.get("mosaicInfo") or {}
        return Configuration(_by_id(shown, "renderOptions"), _by_id(shown, "mosaics"), {**(body.get("tileSettings") or {})})
    except (AttributeError, LookupError, TypeError) as wrong:
        raise ServiceError(f"the configurations do not have the documented shape ({wrong})", where="GET …/configurations") from wrong


def _by_id(shown: Body, array: str) -> dict[str, Body]:
    return {it["id"]: {**it} for it in shown.get(array) or ()}


def planned(live: Configuration, changes: Iterable[Change]) -> Configuration:
    """The configuration when the changes of its collection are made; a refused change is not."""
    options, mosaics, settings = dict(live.options), dict(live.mosaics), live.settings
    for change in changes:
        if change.refusal:
            continue
        match change.key.kind:
            case "render-option":
                _lay(options, change)
            case "mosaic":
                _lay(mosaics, change)
            case "tile-settings" if change.after is not None:
                settings = change.after
    return Configuration(options, mosaics, settings)


def _lay(bodies: dict[str, Body], change: Change) -> None:
    if change.action is Action.DELETE:
        bodies.pop(change.key.name, None)
    elif change.action in MADE and change.after is not None:
        bodies[change.key.name] = change.after


def raster(option: Body) -> bool:
    """Drawn by the tiler, as pixels."""
    return (option.get("type") or RASTER) == RASTER


def cql_of(mosaic: Body) -> Cql:
    """The expressions of a mosaic."""
    return tuple(mosaic.get("cql") or ())


def fits(option: Body, mosaic: Body) -> bool:
    """The Explorer offers the option with this mosaic: each of its conditions is an equality of the filter (dossier 2.5)."""
    return all(any(_says(expression, wanted) for expression in cql_of(mosaic)) for wanted in option.get("conditions") or ())


def _says(expression: Any, wanted: Body) -> bool:
    if not isinstance(expression, Mapping):
        return False
    arguments = expression.get("args")
    if not isinstance(arguments, list | tuple):
        return False
    if expression.get("op") == "and":
        return any(_says(argument, wanted) for argument in arguments)
    named = {"property": wanted.get("property")}
    return expression.get("op") == "=" and len(arguments) == 2 and same(arguments[0], named) and same(arguments[1], wanted.get("value"))

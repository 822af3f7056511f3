"""How the items of a collection are drawn (dossier 2.5, 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pcsync.core.change import Action, Risk
from pcsync.core.diff import FieldDiff
from pcsync.core.kind import COLLECTION_MANIFEST, Kind
from pcsync.core.resource import Bodies, Body, Call, Desired, Key, Live
from pcsync.core.source import Document, step
from pcsync.kinds._shapes import (
    child_reads,
    configuration,
    configurations_path,
    graded,
    ignored,
    member_calls,
    section,
    segment,
    set_fields,
)
from pcsync.kinds.options import meaning, written

FIELDS = ("name", "description", "type", "options", "vectorOptions", "minZoom", "legend", "conditions")
RISKS = {"name": Risk.COSMETIC, "description": Risk.COSMETIC}
RASTER = "raster-tile"


class RenderOptionKind:
    """A member of the collection's configuration; its place in the list is not state."""

    name = "render-option"
    manifest = COLLECTION_MANIFEST
    section = "renderOptions"
    after: tuple[str, ...] = ("queryable",)
    needs: tuple[str, ...] = ("collection",)
    partial = False

    def model(self) -> Any:
        """A list of render options."""
        from pcsync.kinds.models.render_option import RenderOption

        return list[RenderOption]

    def declare(self, document: Document) -> Iterator[Desired]:
        """One resource for each member of the list; structured options become the query string that is sent."""
        for index, option in enumerate(section(document, self.section) or ()):
            key, origin = Key(self.name, document.id, option["id"]), document.origin.at(f"/renderOptions/{index}")
            yield Desired(key, _wire(option), origin, ignored(document, f"/renderOptions{step(option['id'])}", FIELDS))

    def reads(self, scope: str, bodies: Bodies) -> Iterable[str]:
        """The combined configuration of the collection."""
        return child_reads(scope, bodies, configurations_path)

    def live(self, scope: str, bodies: Bodies) -> Iterator[Live]:
        """The render options of the combined configuration, where unset fields are nulls."""
        for body in (configuration(scope, bodies).get("mosaicInfo") or {}).get("renderOptions") or ():
            yield Live(Key(self.name, scope, body["id"]), body, f"{render_options_path(scope)}/{segment(body['id'])}")

    def normalise(self, body: Body) -> Body:
        """Null as absent, in the legend and the vector options too; options in the one spelling of what they mean."""
        form = set_fields(body)
        form.setdefault("type", RASTER)
        if isinstance(options := form.pop("options", None), str) and options:
            form["options"] = meaning(options)
        for name in ("legend", "vectorOptions"):
            if name in form:
                form[name] = set_fields(form[name])
        if form.get("conditions") == []:
            del form["conditions"]
        return form

    def calls(self, desired: Desired | None, live: Live | None) -> Sequence[Call]:
        """POST, PUT, DELETE."""
        return member_calls(desired, live, render_options_path(desired.key.collection) if desired else "")

    def risk(self, action: Action, fields: Sequence[FieldDiff]) -> Risk:
        """The map looks different; texts are cosmetic."""
        return graded(action, fields, create=Risk.VISUAL, table=RISKS, other=Risk.VISUAL)

    def export(self, lives: Sequence[Live]) -> Any:
        """The render options as a list, their query strings as they are."""
        return [_exported(live.body) for live in lives]


def _wire(option: Body) -> dict[str, Any]:
    options = option.get("options")
    return {**option, "options": written(options)} if isinstance(options, dict) else dict(option)


def _exported(body: Body) -> dict[str, Any]:
    option = set_fields(body)
    return option | {name: set_fields(option[name]) for name in ("legend", "vectorOptions") if name in option}


def render_options_path(collection: str) -> str:
    """``…/configurations/render-options``."""
    return f"{configurations_path(collection)}/render-options"


KIND: Kind = RenderOptionKind()

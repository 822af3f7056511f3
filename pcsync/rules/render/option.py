"""One render option as its rules see it: its parameters with their places, the assets it names, how many bands it draws."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pcsync.rules.render.expression import Expression, parse
from pcsync.rules.render.parameter import Parameter, of_object, of_text
from pcsync.rules.rule import Finding
from pcsync.rules.shape import content, object_of, text_of

RASTER, POLYGON, LINE = "raster-tile", "vt-polygon", "vt-line"
TRUE, FALSE = frozenset({"true", "1"}), frozenset({"false", "0"})
SUFFIX = re.compile(r"(?P<asset>.+)_[bB](?P<band>[0-9]+)")
BAND = re.compile(r"[bB][1-9][0-9]*")
INDEXES = re.compile(r"(?P<asset>[^|]*)(?P<bar>\|?)(?P<bands>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reference:
    """An asset that a parameter names: characters ``start`` to ``end`` of its value; ``bands`` are 1-based indexes as written."""

    asset: str
    parameter: Parameter
    start: int
    end: int
    bands: str = ""

    def finding(self, what: str, fix: str = "") -> Finding:
        """A finding about the asset's name."""
        return self.parameter.finding(what, fix, self.start, self.end)


class Assets:
    """The assets that a render option may name; compared by value, and hashed once."""

    __slots__ = ("_hash", "items", "own")

    def __init__(self, items: Mapping[str, int | None] | None, own: frozenset[str] | None = None) -> None:
        """``items`` are the collection's item_assets with the number of their bands, ``own`` the keys of its own assets."""
        self.items, self.own = items, own
        self._hash = hash((frozenset(items.items()) if items is not None else None, own))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assets) and self._hash == other._hash and self.items == other.items and self.own == other.own


class Option:
    """A render option below ``pointer``, with the assets there are."""

    def __init__(self, pointer: str, body: Mapping[str, Any], assets: Assets) -> None:
        self.pointer, self.body, self.known = pointer, body, assets
        self.item_assets, self.own_assets = assets.items, assets.own

    @property
    def identity(self) -> Hashable:
        """Equal for options that no rule can tell apart."""
        return content(self.body), self.known

    @cached_property
    def names(self) -> frozenset[str]:
        """Its fields and parameters."""
        return frozenset([*self.body, *self.by_name])

    @property
    def type(self) -> str:
        """raster-tile where nothing is said."""
        return text_of(self.body.get("type")) or RASTER

    @property
    def raster(self) -> bool:
        """It draws pixels."""
        return self.type == RASTER

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters in the order written."""
        options, pointer = self.body.get("options"), f"{self.pointer}/options"
        if isinstance(options, str):
            return tuple(of_text(options, pointer))
        return tuple(of_object(object_of(options), pointer))

    @cached_property
    def by_name(self) -> Mapping[str, list[Parameter]]:
        """The repeats of each parameter."""
        found: dict[str, list[Parameter]] = {}
        for parameter in self.parameters:
            found.setdefault(parameter.name, []).append(parameter)
        return found

    def all(self, name: str) -> list[Parameter]:
        """The repeats of one parameter."""
        return self.by_name.get(name, [])

    def first(self, name: str) -> Parameter | None:
        """A parameter that stands once."""
        return next(iter(self.by_name.get(name, ())), None)

    @cached_property
    def asset_as_band(self) -> bool:
        """Assets count as bands in expressions."""
        found = self.first("asset_as_band")
        return found is not None and found.value.lower() in TRUE

    @cached_property
    def assets(self) -> tuple[Reference, ...]:
        """The assets named by ``assets``."""
        return tuple(Reference(it.value, it, 0, len(it.value)) for it in self.all("assets") if it.value)

    @cached_property
    def indexes(self) -> tuple[Reference, ...]:
        """The assets and band indexes of ``asset_bidx``."""
        return tuple(_indexes(it) for it in self.all("asset_bidx"))

    @cached_property
    def expressions(self) -> tuple[tuple[Parameter, Expression], ...]:
        """The parsed expressions, by parameter."""
        return tuple((it, parsed(it.value)) for it in self.all("expression"))

    @cached_property
    def operands(self) -> tuple[Reference, ...]:
        """The assets that expressions name."""
        return tuple(self._operands())

    def _operands(self) -> Iterator[Reference]:
        for parameter, expression in self.expressions:
            for name in expression.names:
                if self.assets and BAND.fullmatch(name.text):
                    continue  # b1 is a band of the assets
                asset, band = self.operand(name.text)
                yield Reference(asset, parameter, name.start, name.end, band)

    def operand(self, name: str) -> tuple[str, str]:
        """(asset, band index or "") of a name in an expression: an asset's own key wins over the ``_bN`` reading."""
        if self.item_assets is not None and name in self.item_assets:
            return name, ""
        found = SUFFIX.fullmatch(name)
        return (found["asset"], found["band"]) if found and not self.asset_as_band else (name, "")

    @property
    def references(self) -> Iterator[Reference]:
        """Every asset that the option names; an object where a text belongs names none."""
        yield from (it for it in self.assets if it.parameter.json is None)
        yield from (it for it in self.indexes if it.asset and it.parameter.json is None)
        yield from self.operands

    @cached_property
    def bands(self) -> int | None:
        """How many bands are drawn before any algorithm; None where that cannot be told."""
        if self.expressions:
            return sum(expression.bands for _, expression in self.expressions)
        counts = [self._bands_of(it.asset) for it in self.assets]
        known = [count for count in counts if count is not None]
        return sum(known) if counts and len(known) == len(counts) else None

    def _bands_of(self, asset: str) -> int | None:
        """The bands read of one asset: those its indexes name, else those it is known to have."""
        indexes = [it.bands for it in self.indexes if it.asset == asset]
        if indexes:
            return sum(len(it.split(",")) for it in indexes)
        if self.all("bidx"):
            return len(self.all("bidx"))
        if self.all("subdataset_name") or self.all("subdataset_bands"):
            return None
        return self.bands_in(asset) or (1 if len(self.assets) > 1 and self.item_assets and not self.detailed(asset) else None)

    def detailed(self, asset: str) -> bool:
        """The collection says something about the asset's bands."""
        return self.bands_in(asset) is not None

    def bands_in(self, asset: str) -> int | None:
        """How many bands the collection says that an asset has."""
        return (self.item_assets or {}).get(asset)

    @property
    def transformed(self) -> bool:
        """An algorithm makes other bands of those that were read."""
        return bool(self.all("algorithm"))

    def finding(self, what: str, fix: str = "", *, at: str = "", key: bool = False) -> Finding:
        """A finding about the option as such, or one of its fields."""
        return Finding(self.pointer + at, what, fix, key=key)


def _indexes(parameter: Parameter) -> Reference:
    found = INDEXES.fullmatch(parameter.value)
    assert found is not None  # noqa: S101  the pattern takes any text
    return Reference(found["asset"], parameter, 0, found.end("asset"), found["bands"])


@lru_cache(maxsize=4096)
def parsed(text: str) -> Expression:
    """The expression of a text; the same few stand in many collections."""
    return parse(text)

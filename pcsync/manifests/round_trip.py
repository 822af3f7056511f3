"""ruamel.yaml as it is used here: it keeps comments, quotes and styles, and every plain scalar as its author spelt it."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import RoundTripRepresenter
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

from pcsync.manifests.scalars import NULLS

ENDLESS = 2**31  # columns
NULL, TEXT = "tag:yaml.org,2002:null", "tag:yaml.org,2002:str"


class Verbatim(VersionedResolver):
    """No plain scalar is read as a number, date or boolean, so that none is spelt anew."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        """The tag of a node: null or text for plain scalars."""
        if kind is ScalarNode and implicit[0]:
            return Tag(suffix=NULL if value in NULLS else TEXT)
        return super().resolve(kind, value, implicit)


class Explicit(RoundTripRepresenter):
    """Null is written out: a key with nothing behind it looks like one that somebody forgot to finish."""

    def represent_none(self, data: Any) -> Any:  # noqa: ARG002  ruamel's signature
        """The word."""
        return self.represent_scalar(NULL, "null")


Explicit.add_representer(type(None), Explicit.represent_none)


def round_trip(indent: int) -> YAML:
    """A reader and writer of block style with lists indented below their keys; it wraps nothing."""
    yaml = YAML(typ="rt")
    yaml.Resolver, yaml.Representer = Verbatim, Explicit
    yaml.preserve_quotes = True
    yaml.width = ENDLESS
    yaml.indent(mapping=indent, sequence=2 * indent, offset=indent)
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.allow_duplicate_keys = False
    return yaml

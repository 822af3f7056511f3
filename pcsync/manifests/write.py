"""Values as YAML that people like to edit, and that reads back as exactly the same values whatever the reader's version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from pcsync.manifests.scalars import AmbiguousScalarError, plain

WIDTH = 120
SHORT = 100  # characters of a list or object that still goes on one line
SCALARS = (str, int, float, bool, type(None))


class Writer(yaml.SafeDumper):
    """Block style with short leaves on one line; text blocks as such; no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  PyYAML's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002  PyYAML's signature
        super().increase_indent(flow, False)


def dump(value: Any) -> str:
    """A value as one YAML document."""
    text = yaml.dump(value, Dumper=Writer, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False)
    assert isinstance(text, str)  # noqa: S101  PyYAML returns bytes only when asked for an encoding
    return text


def _text(writer: Writer, value: str) -> yaml.ScalarNode:
    if "\n" in value and _is_block(value):
        return writer.represent_scalar("tag:yaml.org,2002:str", value, style="|")
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style='"' if _misread(value) else None)


def _is_block(value: str) -> bool:
    """A literal block keeps the text: no line ends in a space, none begins with one, nothing unprintable."""
    return all(line == line.strip() for line in value.split("\n")) and value.replace("\n", "").isprintable()


def _misread(value: str) -> bool:
    """The text, unquoted, is something else to a reader of YAML 1.2."""
    try:
        return not isinstance(plain(value), str)
    except AmbiguousScalarError:
        return True


def _short(value: Any) -> bool:
    members = value.values() if isinstance(value, Mapping) else value
    return all(isinstance(member, SCALARS) or _short_list(member) for member in members) and len(str(value)) <= SHORT


def _short_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(member, SCALARS) for member in value)


def _list(writer: Writer, value: list[Any]) -> yaml.SequenceNode:
    return writer.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=_short(value))


def _object(writer: Writer, value: dict[str, Any]) -> yaml.MappingNode:
    flow = _short(value) and not any(isinstance(member, str) and "\n" in member for member in value.values())
    return writer.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=flow)


Writer.add_representer(str, _text)
Writer.add_representer(list, _list)
Writer.add_representer(dict, _object)

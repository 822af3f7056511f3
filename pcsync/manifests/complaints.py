"""Errors of the schema validator in the words of whoever wrote the manifest.

A validator says ``"6" is not of types "null", "integer"``; an author needs to hear: remove the quotes. Where a value may have several
shapes, only the shape that was meant is talked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.core.source import step
from pcsync.manifests.problem import did_you_mean

NULLABLE = "null"
NAMES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
TRUE_WORDS, FALSE_WORDS = {"yes", "on", "y", "true"}, {"no", "off", "n", "false"}
NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
SHOWN = 60  # characters of a value in a message
REFUSED = {
    "/stac/id": (
        "the id stands at the top of the manifest, not in stac",
        "remove it; where it comes from a $file, write id: null beside $file",
    ),
    "/stac/assets": (
        "a GeoCatalog takes collection assets only as uploads, so stac cannot hold them",
        "declare them under assets (file: ...); where they come from a $file, write assets: null beside $file",
    ),
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with a resolved manifest: rule id, pointer of the value, what, fix; ``key`` when it is about the key itself."""

    rule: str
    pointer: str
    what: str
    fix: str = ""
    key: bool = False


def complaints(errors: Iterable[Any], document: Any, schema: Mapping[str, Any]) -> Iterator[Complaint]:
    """The validator's errors as complaints, each once; of a value of the wrong type only that is said."""
    found = dict.fromkeys(complaint for error in errors for complaint in _of(error, document, schema))
    mistyped = {it.pointer for it in found if it.rule == "manifest-wrong-type"}
    yield from (it for it in found if it.rule not in ("manifest-wrong-value", "manifest-invalid") or it.pointer not in mistyped)


def _of(error: Any, document: Any, schema: Mapping[str, Any]) -> Iterator[Complaint]:
    keyword, facts = error.kind.name, error.kind.as_dict()
    pointer = "".join(step(segment) for segment in error.instance_path)
    if keyword in ("anyOf", "oneOf"):
        yield from _branch(error, facts.get("context") or [], pointer, document, schema)
    elif keyword == "propertyNames":
        yield _bad_name(facts["error"], pointer)
    elif pointer in REFUSED and error.instance is not None:
        what, fix = REFUSED[pointer]
        yield Complaint("stac-refused-key", pointer, what, fix, key=True)
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        rule = _rule(error, schema)
        patterns = sorted(rule.get("patternProperties", {}))
        for name in facts["unexpected"]:
            yield (
                _unfit(name, pointer, patterns) if patterns else _unknown(name, pointer, sorted(rule.get("properties", {})), error.instance)
            )
    elif keyword == "pattern":
        what = f"{shown(error.instance)} does not have the form that belongs here"
        yield Complaint("manifest-pattern", pointer, what, _rule(error, schema).get("description") or f"it has to fit {facts['pattern']}")
    else:
        yield SAID.get(keyword, _otherwise)(error, facts, pointer)


def _branch(error: Any, branches: list[list[Any]], pointer: str, document: Any, schema: Mapping[str, Any]) -> Iterator[Complaint]:
    """Speaks about the branch that the author meant: of the value's type, with fitting constants, and failing deepest."""
    keys = [inner.kind.as_dict()["property"] for errors in branches for inner in errors if inner.kind.name == "required"]
    if any(not errors for errors in branches):
        given = _demanded(error, branches, schema) or sorted(set(keys))
        yield Complaint("manifest-one-of", pointer, f"only one of {_listed(given)} may be given", "remove the others")
        return
    if keys and all(
        inner.kind.name == "required" and not inner.instance_path[len(error.instance_path) :] for errors in branches for inner in errors
    ):
        yield Complaint("manifest-missing-key", pointer, f"one of {_listed([*dict.fromkeys(keys)])} is needed", f"add {keys[0]}: ...")
        return
    meant = [errors for errors in branches if not any(_wrong_shape(inner, error) for inner in errors)]
    if meant:
        best = max(meant, key=lambda errors: (not any(inner.kind.name == "const" for inner in errors), _deepest(errors), -len(errors)))
        for inner in best:
            yield from _of(inner, document, schema)
        return
    types = [kind for errors in branches for inner in errors if inner.kind.name == "type" for kind in inner.kind.as_dict()["types"]]
    yield _wrong_type(error, {"types": list(dict.fromkeys(types))}, pointer)


def _demanded(error: Any, branches: list[list[Any]], schema: Mapping[str, Any]) -> list[str]:
    """The keys that the branches which fit ask for: more of them stand there than may."""
    rules = _rule(error, schema).get(error.kind.name) or []
    return [name for rule, errors in zip(rules, branches, strict=False) if not errors for name in rule.get("required", ())]


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _wrong_shape(inner: Any, outer: Any) -> bool:
    return inner.kind.name == "type" and len(inner.instance_path) == len(outer.instance_path)


def _deepest(errors: list[Any]) -> int:
    return max(len(inner.instance_path) for inner in errors)


def _rule(error: Any, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of the schema that holds the failed keyword; the validator names it by its path."""
    location = error.absolute_keyword_location or ""
    path = location.partition("#")[2].rpartition("/")[0] if "#" in location else ""
    here: Any = schema
    for segment in path.split("/")[1:] if path else [str(part) for part in list(error.schema_path)[:-1]]:
        here = _step_into(here, segment, schema)
    return here if isinstance(here, Mapping) else {}


def _step_into(here: Any, segment: str, schema: Mapping[str, Any]) -> Any:
    if segment == "$ref" and isinstance(here, Mapping):
        name = str(here.get("$ref", "")).rpartition("/")[2]
        return schema.get("$defs", {}).get(name, {})
    if isinstance(here, list):
        return here[int(segment)] if segment.isdecimal() and int(segment) < len(here) else {}
    return here.get(segment.replace("~1", "/").replace("~0", "~"), {}) if isinstance(here, Mapping) else {}


def _unknown(name: str, pointer: str, known: list[str], instance: Any) -> Complaint:
    if name == "$file":
        return Complaint("manifest-unknown-key", pointer + step(name), "$file was not resolved here", "name a file that exists", key=True)
    missing = [choice for choice in known if not isinstance(instance, dict) or choice not in instance]
    return Complaint(
        "manifest-unknown-key", pointer + step(name), f"there is no key {name!r} here", did_you_mean(name, missing or known), key=True
    )


def _unfit(name: str, pointer: str, patterns: list[str]) -> Complaint:
    what, fix = f"{name!r} cannot be a name here", f"it has to fit {' or '.join(patterns)}"
    return Complaint("manifest-key-name", pointer + step(name), what, fix, key=True)


def _bad_name(inner: Any, pointer: str) -> Complaint:
    name = str(inner.instance)
    fix = (
        _otherwise(inner, inner.kind.as_dict(), pointer).fix
        if inner.kind.name != "pattern"
        else f"it has to fit {inner.kind.as_dict()['pattern']}"
    )
    return Complaint("manifest-key-name", pointer + step(name), f"{name!r} cannot be a name here", fix, key=True)


def _wrong_type(error: Any, facts: Mapping[str, Any], pointer: str) -> Complaint:
    wanted = [kind for kind in facts["types"] if kind != NULLABLE]
    names = " or ".join(NAMES.get(kind, kind) for kind in wanted) or "nothing"
    return Complaint("manifest-wrong-type", pointer, f"{shown(error.instance)} is not {names}", _type_fix(error.instance, wanted))


def _type_fix(value: Any, wanted: list[str]) -> str:
    if value is None:
        return "give it a value, or leave the key out"
    if "string" in wanted and isinstance(value, bool | int | float):
        return f'quote it: "{shown(value)}"'
    if isinstance(value, str) and {"integer", "number"} & set(wanted) and NUMBER.fullmatch(value):
        return f"remove the quotes: {value}"
    if isinstance(value, str) and "boolean" in wanted and value.lower() in TRUE_WORDS | FALSE_WORDS:
        return f"write {'true' if value.lower() in TRUE_WORDS else 'false'} (YAML 1.2 has no {value})"
    if isinstance(value, float) and wanted == ["integer"]:
        return f"write {round(value)}"
    if wanted == ["string"]:
        return "write one text; several lines go after a |"
    if "array" in wanted:
        return "write it as a list: [...], or one member per line after a dash"
    return "write it as an object: key: value" if wanted == ["object"] else ""


def _required(_error: Any, facts: Mapping[str, Any], pointer: str) -> Complaint:
    return Complaint("manifest-missing-key", pointer, f"the key {facts['property']!r} is missing", f"add {facts['property']}: ...")


def _enum(error: Any, facts: Mapping[str, Any], pointer: str) -> Complaint:
    options = [shown(option) for option in facts["options"] if option is not None]
    fix = did_you_mean(str(error.instance), options, f"one of: {', '.join(options)}")
    return Complaint("manifest-wrong-value", pointer, f"{shown(error.instance)} is none of {', '.join(options)}", fix)


def _const(error: Any, facts: Mapping[str, Any], pointer: str) -> Complaint:
    expected = shown(facts["expected_value"])
    return Complaint("manifest-wrong-value", pointer, f"{shown(error.instance)} is not {expected}", f"write {expected}")


def _limit(sentence: str, fix: str) -> Callable[[Any, Mapping[str, Any], str], Complaint]:
    """A complaint about a limit; ``{value}``, ``{size}`` and ``{limit}`` stand for what the error says."""

    def said(error: Any, facts: Mapping[str, Any], pointer: str) -> Complaint:
        value = error.instance
        named = {
            "value": shown(value),
            "size": len(value) if hasattr(value, "__len__") else 0,
            "limit": facts.get("limit", facts.get("multiple_of")),
        }
        return Complaint("manifest-limit", pointer, sentence.format(**named), fix.format(**named))

    return said


def _otherwise(error: Any, _facts: Mapping[str, Any], pointer: str) -> Complaint:
    return Complaint(
        "manifest-invalid", pointer, f"{shown(error.instance)} is not allowed here ({error.kind.name})", "compare with: pcsync schema"
    )


def _unwanted(error: Any, facts: Mapping[str, Any], pointer: str) -> Complaint:
    rule = facts.get("schema")
    sizes = rule.get("maxItems") if isinstance(rule, Mapping) else None
    what = f"a list of {sizes} members is not allowed here" if sizes else f"{shown(error.instance)} is not allowed here"
    return Complaint("manifest-invalid", pointer, what, "compare with: pcsync schema")


SAID: Mapping[str, Callable[[Any, Mapping[str, Any], str], Complaint]] = {
    "type": _wrong_type,
    "required": _required,
    "enum": _enum,
    "const": _const,
    "not": _unwanted,
    "maxLength": _limit("{value} has {size} characters; {limit} are allowed", "shorten it to {limit} characters"),
    "minLength": _limit("this text is too short: {value}", "write at least {limit} characters"),
    "maximum": _limit("{value} is more than {limit}", "write at most {limit}"),
    "minimum": _limit("{value} is less than {limit}", "write at least {limit}"),
    "exclusiveMaximum": _limit("{value} is not less than {limit}", "write less than {limit}"),
    "exclusiveMinimum": _limit("{value} is not more than {limit}", "write more than {limit}"),
    "maxItems": _limit("this list has {size} members; {limit} are allowed", "shorten it"),
    "minItems": _limit("this list has {size} members; it takes at least {limit}", "add members, or leave the key out"),
    "maxProperties": _limit("this object has {size} keys; {limit} are allowed", "shorten it"),
    "minProperties": _limit("this object has {size} keys; it takes at least {limit}", "add some, or leave the key out"),
    "multipleOf": _limit("{value} is no multiple of {limit}", "round it"),
}


def shown(value: Any) -> str:
    """A value as its author wrote it, cut short."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, dict | list):
        return "this object" if isinstance(value, dict) else "this list"
    text = str(value)
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "…"
    return cut if not isinstance(value, str) else repr(cut)

"""How a patch changes a base: overlays over manifests, and the keys beside a ``$file`` over the file.

A JSON merge patch (RFC 7386): objects merge, null removes, anything else replaces. With one addition, the one that keeps staging and
production from becoming two full copies: lists whose members all carry an ``id``, ``displayName``, ``name`` or ``key`` merge by it, and
new members go to the end. ``$patch`` says otherwise, as in kubectl: ``{id: x, $patch: delete}`` removes a member,
``{id: x, $patch: replace, ...}`` replaces it whole, a first member ``{$patch: replace}`` replaces the list, and ``$patch: replace`` in
an object replaces that object.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pcsync.core.source import step
from pcsync.manifests.problem import Problem
from pcsync.manifests.tree import Tree, with_list, with_members

IDENTITIES = ("id", "displayName", "name", "key")
PATCH = "$patch"
DELETE, REPLACE = "delete", "replace"
Report = Callable[[Problem], None]


def merge(base: Tree, patch: Tree, report: Report) -> Tree:
    """The base as the patch wants it, each part with the place where it was written."""
    if isinstance(base.value, dict) and isinstance(patch.value, dict) and "$secret" not in patch.value:
        return _objects(base, patch, report)
    if isinstance(base.value, list) and isinstance(patch.value, list):
        return _lists(base, patch, report)
    return plain(patch, report)


def plain(patch: Tree, report: Report) -> Tree:
    """What a patch puts where nothing stands: itself without its nulls and directives."""
    if isinstance(patch.value, dict):
        _directive(patch, (REPLACE,), report)
        kept = {name: patch.below(name) for name, member in patch.value.items() if isinstance(member, dict | list)}
        gone = [name for name, member in patch.value.items() if member is None or name == PATCH]
        changed = {name: new for name, member in kept.items() if (new := plain(member, report)) is not member}
        return with_members(patch, changed, gone) if changed or gone else patch
    if isinstance(patch.value, list):
        return _plain_list(patch, report)
    return patch


def _plain_list(patch: Tree, report: Report) -> Tree:
    if not any(isinstance(member, dict) and PATCH in member for member in patch.value):
        return patch  # null in a list is a value (an open interval), so its members stay as they are
    return with_list(patch, [_stripped(member) for member in _members(patch) if not _is_marker(member, report)])


def _objects(base: Tree, patch: Tree, report: Report) -> Tree:
    if _directive(patch, (REPLACE,), report):
        return plain(patch, report)
    members, dropped = {}, []
    for name, value in patch.value.items():
        if value is None:
            dropped.append(name)
        elif name in base.value:
            members[name] = merge(base.below(name), patch.below(name), report)
        elif name != PATCH:
            members[name] = plain(patch.below(name), report)
    return with_members(base, members, dropped)


def _lists(base: Tree, patch: Tree, report: Report) -> Tree:
    first = patch.value[0] if patch.value else None
    if isinstance(first, dict) and first == {PATCH: REPLACE}:
        return with_list(patch, [plain(member, report) for member in _members(patch)[1:]])
    identity = identity_of(base.value, patch.value)
    return _keyed(base, patch, identity, report) if identity else plain(patch, report)


def identity_of(*lists: list[Any]) -> str | None:
    """The key by which lists of objects merge: every member of each has it, as a text, and no two of one list share it."""
    for name in IDENTITIES:
        if all(_identified(members, name) for members in lists):
            return name
    return None


def _identified(members: list[Any], name: str) -> bool:
    names = [member.get(name) if isinstance(member, dict) else None for member in members]
    return all(isinstance(value, str) for value in names) and len(set(names)) == len(names)


def _keyed(base: Tree, patch: Tree, identity: str, report: Report) -> Tree:
    members = {member.value[identity]: member for member in _members(base)}
    for member in _members(patch):
        name = member.value[identity]
        directive = _directive(member, (DELETE, REPLACE), report)
        if directive == DELETE:
            _remove(members, name, member, report)
        elif directive == REPLACE or name not in members:
            members[name] = plain(_stripped(member), report)
        else:
            members[name] = merge(members[name], _stripped(member), report)
    return with_list(base, list(members.values()))


def _remove(members: dict[str, Tree], name: str, patch: Tree, report: Report) -> None:
    if members.pop(name, None) is None:
        known = ", ".join(members) or "none"
        report(Problem("overlay-nothing-to-remove", f"there is no {name!r} to remove", patch.at(step(PATCH)), f"known are: {known}"))


def _directive(tree: Tree, allowed: tuple[str, ...], report: Report) -> str:
    wanted = tree.value.get(PATCH, "")
    if wanted and wanted not in allowed:
        choices = " or ".join(allowed)
        report(Problem("overlay-directive", f"$patch cannot be {wanted!r} here", tree.at(step(PATCH)), f"write $patch: {choices}"))
        return ""
    return str(wanted)


def _is_marker(member: Tree, report: Report) -> bool:
    if not isinstance(member.value, dict) or PATCH not in member.value:
        return False
    wanted = _directive(member, (DELETE, REPLACE), report)
    if wanted == DELETE:
        report(Problem("overlay-nothing-to-remove", "there is no such list member to remove", member.at(step(PATCH)), "remove this member"))
    return wanted == DELETE or member.value == {PATCH: REPLACE}


def _stripped(member: Tree) -> Tree:
    if isinstance(member.value, dict) and PATCH in member.value:
        return replace(member, value={name: value for name, value in member.value.items() if name != PATCH})
    return member


def _members(tree: Tree) -> list[Tree]:
    return [tree.below(index) for index in range(len(tree.value))]

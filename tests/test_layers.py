"""The star: core imports nothing of ours, every arm imports core only, cli wires, the emulator stands alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "pcsync"
ALLOWED = {
    "core": {"core"},
    "kinds": {"core", "kinds"},
    "manifests": {"core", "manifests"},
    "client": {"core", "client"},
    "reconcile": {"core", "reconcile"},
    "render": {"core", "render"},
    "rules": {"core", "rules"},
    "seeing": {"core", "seeing"},
    "forge": {"core", "forge"},
    "emulator": {"emulator"},
}
CORE_LIBRARIES = {"orjson"}  # the JSON codec; else core is standard library only
FORBIDDEN_IN_CORE = {"os", "time", "asyncio", "pathlib", "subprocess", "socket", "httpx", "click", "yaml"}


def imports(path: Path) -> Iterator[str]:
    """Every dotted name a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ("pcsync", *path.relative_to(ROOT).parts)[: -node.level] if node.level else ()
            yield ".".join([*package, *([node.module] if node.module else [])])


def modules(arm: str) -> list[Path]:
    return sorted((ROOT / arm).rglob("*.py"))


@pytest.mark.parametrize("arm", ALLOWED)
def test_an_arm_of_the_star_imports_core_and_itself_only(arm: str) -> None:
    assert modules(arm), f"pcsync/{arm} has no modules: the rule would hold for nothing"
    ours = {(path, name) for path in modules(arm) for name in imports(path) if name.split(".")[0] == "pcsync"}

    strangers = {f"{path.relative_to(ROOT)}: {name}" for path, name in ours if name != "pcsync" and name.split(".")[1] not in ALLOWED[arm]}

    assert strangers == set()


def test_core_is_pure() -> None:
    """No clock, file, network or command line in core; one JSON codec besides the standard library."""
    import sys

    roots = {name.split(".")[0] for path in modules("core") for name in imports(path)} - {"pcsync"}

    assert roots & FORBIDDEN_IN_CORE == set()
    assert {root for root in roots if root not in sys.stdlib_module_names} <= CORE_LIBRARIES


def test_the_emulator_is_reached_from_inside_functions_of_the_command_line_only() -> None:
    """Nobody pays for the emulator at start-up, and no arm of the star depends on it."""
    importers = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.rglob("*.py")
        for name in imports(path)
        if name.startswith("pcsync.emulator") and not path.is_relative_to(ROOT / "emulator")
    }
    at_top = [
        path
        for path in modules("cli")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pcsync.emulator")
    ]

    assert importers <= {"cli"}
    assert at_top == []

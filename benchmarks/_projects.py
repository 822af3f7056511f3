"""Projects of generated manifests on disk, some of whose collections differ from what the local catalog serves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from benchmarks import _catalog

PROJECT = """\
apiVersion: pcsync/v1
kind: Project
owner: benchmarks
defaultTarget: local
targets:
  local: {endpoint: "https://catalog.geocatalog.spatio.azure.com"}
manifests: [collections]
"""
CHANGED = 100  # one collection of so many


class Dumper(yaml.CSafeDumper):
    """YAML as people write it: no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  PyYAML's signature
        return True


def text(value: Any) -> str:
    """A value as YAML, keys in the order given."""
    return str(yaml.dump(value, Dumper=Dumper, sort_keys=False, width=130, allow_unicode=True))


def manifest(index: int, *, every_section: bool = False) -> dict[str, Any]:
    """The manifest of a collection; of one in a hundred the title or a render option differs from what is served."""
    declared = _catalog.manifest(index)
    if index % (2 * CHANGED) == CHANGED // 2:
        declared["stac"]["title"] += ", revised"
    elif index % CHANGED == CHANGED // 2:
        declared["renderOptions"][2]["minZoom"] += 1
    if every_section:
        declared["partitionType"] = {"scheme": "none"}
        source = {"importType": "StaticCatalog", "sourceCatalogUrl": "https://contoso.blob.core.windows.net/scenes/catalog.json"}
        declared["ingestions"] = [{"displayName": "nightly", **source}]
    return declared


def changes(collections: int) -> int:
    """How many resources of so many collections differ."""
    return sum(index % CHANGED == CHANGED // 2 for index in range(collections))


def write(root: Path, collections: int, *, every_section: bool = False) -> Path:
    """A project of so many manifest files below a folder."""
    (root / "collections").mkdir(parents=True)
    (root / "pcsync.yaml").write_text(PROJECT, encoding="utf-8")
    with ProcessPoolExecutor() as pool:  # PyYAML takes some 10 ms for each
        list(pool.map(partial(_write, root / "collections", every_section), range(collections), chunksize=50))
    return root


def _write(folder: Path, every_section: bool, index: int) -> None:
    (folder / f"{_catalog.name(index)}.yaml").write_text(text(manifest(index, every_section=every_section)), encoding="utf-8")


@contextmanager
def project(collections: int, *, every_section: bool = False) -> Iterator[Path]:
    """A project that lasts as long as the block."""
    with TemporaryDirectory(prefix="pcsync-bench-") as folder:
        yield write(Path(folder) / "project", collections, every_section=every_section)

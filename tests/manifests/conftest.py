"""A fresh project folder for every test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.manifests.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty project."""
    (tmp_path / ".git").mkdir()
    return Folder(tmp_path)

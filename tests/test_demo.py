"""``make demo`` works, and is what the README shows of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_the_demo_applies_shows_drift_and_undoes_as_the_readme_says(tmp_path: Path) -> None:
    specs = shutil.copytree(ROOT / "examples" / "catalog-specs", tmp_path / "specs", ignore=shutil.ignore_patterns(".pcsync"))
    venv = Path(sys.prefix)
    installed = ["-o", f"{venv}/.runnable"]  # what is installed stays as it is
    command = ["make", "--no-print-directory", "demo", f"VENV={venv}", f"EXAMPLES={specs}", *installed]
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(ROOT), "COLUMNS": "120"}

    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr
    steps = re.findall(r"^\$ pcsync (\w+)", ran.stdout, re.MULTILINE)
    assert steps == ["validate", "plan", "apply", "plan", "drift", "apply", "undo"]
    shown = re.search(r"```console\n(\$ pcsync drift\n.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    assert shown[1] in ran.stdout
    assert ran.stdout.rstrip().endswith("read again: everything is as declared")

"""A Terraform project of the same documents: ``terraform_data`` needs no provider registry and no network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from benchmarks import _catalog
from benchmarks._projects import CHANGED, manifest

CONFIGURATION = """\
resource "terraform_data" "collection" {
  for_each = fileset("${path.module}/documents", "*.json")
  input    = file("${path.module}/documents/${each.key}")
}
"""


def write(root: Path, collections: int) -> None:
    """Documents, configuration and state; one document in a hundred is not as the state has it."""
    (root / "documents").mkdir(parents=True)
    (root / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    instances = []
    for index in range(collections):
        name, text = f"{_catalog.name(index)}.json", json.dumps(manifest(index))
        (root / "documents" / name).write_text(text, encoding="utf-8")
        instances.append(_instance(name, text + " " * (index % CHANGED == CHANGED // 2)))
    resource = {
        "mode": "managed",
        "type": "terraform_data",
        "name": "collection",
        "provider": 'provider["terraform.io/builtin/terraform"]',
        "instances": instances,
    }
    state = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "benchmark", "outputs": {}, "resources": [resource]}
    (root / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")


def _instance(name: str, text: str) -> dict[str, Any]:
    value = {"value": text, "type": "string"}
    attributes = {"id": name, "input": value, "output": value, "triggers_replace": None}
    return {"index_key": name, "schema_version": 0, "attributes": attributes}


def plan(root: Path, collections: int) -> float | None:
    """Seconds that planning takes; None where terraform is missing or would not plan."""
    found = shutil.which("terraform")
    if not found:
        return None
    env = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    began = time.perf_counter()
    done = subprocess.run([found, "plan", "-lock=false", "-no-color"], cwd=root, env=env, capture_output=True, text=True, check=False)
    expected = sum(index % CHANGED == CHANGED // 2 for index in range(collections))
    return time.perf_counter() - began if f" {expected} to change" in done.stdout else None

"""The JSON renderings."""

from __future__ import annotations

import json
from dataclasses import replace

from pcsync.core.document import digest, from_json
from pcsync.render.json import diagnostics_json, outcome_json, plan_json

from .golden_files import golden
from .plans import EVERYTHING, NAIP
from .test_diagnostics import FOUND
from .test_outcome import PARTIAL


def test_json_reads_as_its_golden_file() -> None:
    for name, text in {"plan": plan_json(EVERYTHING), "diagnostics": diagnostics_json(FOUND, 9), "outcome": outcome_json(PARTIAL)}.items():
        assert text == golden(f"{name}.json", text)


def test_a_plan_printed_as_json_is_a_plan_again() -> None:
    document = json.loads(plan_json(EVERYTHING))

    assert digest(from_json(document)) == digest(EVERYTHING) == document["pcsync"]["digest"]


def test_the_order_of_keys_in_a_body_does_not_show() -> None:
    turned = replace(NAIP, before=dict(reversed([*(NAIP.before or {}).items()])), after=dict(reversed([*(NAIP.after or {}).items()])))

    assert plan_json(replace(EVERYTHING, changes=(turned,))) == plan_json(replace(EVERYTHING, changes=(NAIP,)))


def test_only_errors_make_manifests_invalid() -> None:
    assert json.loads(diagnostics_json(FOUND))["valid"] is False
    assert json.loads(diagnostics_json(FOUND[1:2]))["valid"] is True

"""What looks odd and is legal: no rule may say a word about it."""

from __future__ import annotations

import pytest

from tests.rules.examples import found, written

TIME = "mosaics:\n  - {id: a, name: '%s', cql: [{op: anyinteracts, args: [{property: datetime}, {interval: ['%s', '%s']}]}]}\n"
EXTENT = "stac: {extent: {spatial: {bbox: %s}, temporal: {interval: %s}}}\n"
HERE, NOW = "[[-85.6, 30.3, -80.8, 35.0]]", '[["2010-01-01T00:00:00Z", null]]'
LEGAL = {
    "an open end": TIME % ("Recent", "2021-01-01", ".."),
    "an open start": TIME % ("Old", "..", "2021-12-31T23:59:59Z"),
    "a winter that is named after the year it begins in": TIME % ("Winter 2021", "2021-12-01", "2022-02-28T23:59:59Z"),
    "a box across the antimeridian": EXTENT % ("[[170, -20, -170, -10]]", NOW),
    "a box of the whole and its parts": EXTENT % ("[[-85.6, 30.3, -80.8, 35.0], [-85.6, 30.3, -83, 32]]", NOW),
    "a box with heights": EXTENT % ("[[-85.6, 30.3, 0, -80.8, 35.0, 900]]", NOW),
    "times with an offset": EXTENT % (HERE, '[["2010-01-01T00:00:00+00:00", "2020-01-01T00:00:00.5Z"]]'),
    "numbers with an exponent": "renderOptions:\n  - {id: a, name: A, options: 'assets=B04&rescale=-1e-3,10E-4&colormap_name=viridis'}\n",
    "booleans in capitals": "renderOptions:\n  - {id: a, name: A, options: 'expression=B08-B04&asset_as_band=True'}\n",
}


@pytest.mark.parametrize("case", LEGAL)
def test_what_is_legal_is_left_alone(case: str, tmp_path) -> None:
    assert found(written(tmp_path, LEGAL[case])) == []

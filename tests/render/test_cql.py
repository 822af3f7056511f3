"""CQL2-JSON as text."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.render.cql import cql_text

CLOUD = {"op": "<=", "args": [{"property": "eo:cloud_cover"}, 10]}
STATE = {"op": "=", "args": [{"property": "naip:state"}, "ga"]}


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (CLOUD, "eo:cloud_cover <= 10"),
        (STATE, "naip:state = 'ga'"),
        ({"op": "and", "args": [CLOUD, STATE]}, "eo:cloud_cover <= 10 and naip:state = 'ga'"),
        (
            {"op": "or", "args": [{"op": "and", "args": [CLOUD, STATE]}, CLOUD]},
            "(eo:cloud_cover <= 10 and naip:state = 'ga') or eo:cloud_cover <= 10",
        ),
        ({"op": "not", "args": [STATE]}, "not naip:state = 'ga'"),
        ({"op": "anyinteracts", "args": [{"property": "datetime"}, {"interval": ["2022-01-01", ".."]}]}, "datetime in 2022-01-01 to .."),
        ({"op": "between", "args": [{"property": "gsd"}, 0.3, 1]}, "gsd between 0.3 and 1"),
        ({"op": "in", "args": [{"property": "platform"}, ["S2A", "S2B"]]}, "platform in ('S2A', 'S2B')"),
        ({"op": "isNull", "args": [{"property": "gsd"}]}, "gsd is null"),
        ({"op": ">", "args": [{"property": "datetime"}, {"timestamp": "2022-01-01T00:00:00Z"}]}, "datetime > 2022-01-01T00:00:00Z"),
        (
            {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": [1, 2]}]},
            "s_intersects(geometry, POINT)",
        ),
        ({"op": "=", "args": [{"property": "lc:reviewed"}, True]}, "lc:reviewed = true"),
        ("eo:cloud_cover < 10", "'eo:cloud_cover < 10'"),
        ({"unheard": ["of", None]}, "unheard: ('of', null)"),
        ({"op": "<="}, "op: '<='"),
    ],
)
def test_an_expression_reads_as_people_say_it(expression: Any, text: str) -> None:
    assert cql_text(expression) == text

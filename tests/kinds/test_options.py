"""What a render option's query string means: the vectors of the dossier (3.2) and the rules of folding."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.kinds.options import meaning, parameters, written

VECTORS = [
    "assets=image&asset_bidx=image|4,1,2&color_formula=Sigmoidal RGB 15 0.35",
    "assets=B04&assets=B03&assets=B02&nodata=0&color_formula=Gamma RGB 3.2 Saturation 0.8 Sigmoidal RGB 25 0.35",
    "nodata=0&expression=(B08-B04)/(B08+B04)&rescale=-1,1&colormap_name=rdylgn&asset_as_band=true",
    "assets=data&colormap_name=gray&algorithm=hillshade&buffer=3"
    "&algorithm_params=%7B%22azimuth%22%3A%20315%2C%20%22angle_altitude%22%3A%2045%7D",
    "assets=cmip&rescale=0,0.01&colormap_name=viridis&subdataset_name=pr&datetime=1950-07-07T00:00:00",
    "assets=data&exitwhenfull=False&skipcovered=False&colormap=%7B%221%22%3A%20%5B0%2C%200%2C%200%2C%20255%5D%7D",
    "assets=data&subdataset_name=t2m&sel=time=2100-01-01&sel=ensemble=0&sel_method=nearest&rescale=263,313",
]


@pytest.mark.parametrize("text", VECTORS)
def test_the_published_strings_mean_themselves_however_they_are_encoded(text: str) -> None:
    """Encoded whole, and the other way round in parameter order, they still mean the same."""
    encoded = "&".join(f"{name}={''.join(f'%{byte:02X}' for byte in value.encode())}" for name, value in parameters(text))

    assert meaning(encoded) == meaning(text)
    assert meaning(meaning(text)) == meaning(text)


def test_the_values_of_a_string_are_read_decoded_and_in_order() -> None:
    assert list(parameters("?assets=image&&sel=time=2100-01-01&color_formula=Gamma+RGB%203&expression=a+b&bare")) == [
        ("assets", "image"),
        ("sel", "time=2100-01-01"),
        ("color_formula", "Gamma RGB 3"),
        ("expression", "a+b"),
        ("bare", ""),
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a=1&b=2", "b=2&a=1"),
        ("assets=B04&nodata=0&assets=B03", "nodata=0&assets=B04&assets=B03"),
        ("asset_bidx=image|1,2,3", "asset_bidx=image%7C1%2C2%2C3"),
        ("color_formula=Gamma RGB 3.2", "color_formula=Gamma+RGB+3.2"),
        ("color_formula=Gamma RGB 3.2", "color_formula=Gamma%20RGB%203.2"),
        ("expression=(a-b)/(a+b)", "expression=%28a-b%29%2F%28a%2Bb%29"),
        ("unscale=True", "unscale=true"),
        ("asset_as_band=1", "asset_as_band=TRUE"),
        ("skipcovered=0", "skipcovered=False"),
        ("nodata=0", "nodata=0.0"),
        ("nodata=nan", "nodata=NaN"),
        ("rescale=-1,1", "rescale=-1.0, 1"),
        ("rescale=0,0.01", "rescale=0,1e-2"),
        ("colormap={%221%22:[0,0,0,255]}", "colormap=%7B%221%22%3A%20%5B0.0%2C0%2C0%2C255%5D%7D"),
        ('algorithm_params={"a":1,"b":2}', 'algorithm_params={"b": 2, "a": 1}'),
        ("?assets=image", "assets=image&"),
    ],
)
def test_strings_that_mean_the_same(left: str, right: str) -> None:
    assert meaning(left) == meaning(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("assets=B04&assets=B03", "assets=B03&assets=B04"),
        ("rescale=0,1&rescale=0,2", "rescale=0,2&rescale=0,1"),
        ("assets=a&assets=a", "assets=a"),
        ("assets=True", "assets=true"),
        ("unknown=1", "unknown=1.0"),
        ("unknown=True", "unknown=true"),
        ("expression=a+b", "expression=a b"),
        ("subdataset_name=0", "subdataset_name=0.0"),
        ("nodata=9007199254740993", "nodata=9007199254740992"),
        ("colormap=%5B1%2C2%5D", "colormap=%5B2%2C1%5D"),
        ("assets=a%26assets%3Db", "assets=a&assets=b"),
        ("colormap=%22abc%22", "colormap=abc"),
        ("rescale=0,1", "rescale=0,1,2"),
        ("colormap_name=viridis", "colormap_name=Viridis"),
    ],
)
def test_strings_that_do_not_mean_the_same(left: str, right: str) -> None:
    assert meaning(left) != meaning(right)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"assets": "image", "asset_bidx": "image|1,2,3"}, "assets=image&asset_bidx=image|1,2,3"),
        ({"assets": ["B04", "B03", "B02"], "nodata": 0}, "assets=B04&assets=B03&assets=B02&nodata=0"),
        ({"unscale": True, "skipcovered": False, "buffer": 3.0, "nodata": 0.5}, "unscale=true&skipcovered=false&buffer=3&nodata=0.5"),
        ({"colormap": {"1": [0, 0, 0, 255]}}, "colormap=%7B%221%22%3A%5B0%2C0%2C0%2C255%5D%7D"),
        ({"colormap": [[[0, 1], [0, 0, 0, 255]]]}, "colormap=%5B%5B%5B0%2C1%5D%2C%5B0%2C0%2C0%2C255%5D%5D%5D"),
        ({"algorithm_params": {"azimuth": 315}}, "algorithm_params=%7B%22azimuth%22%3A315%7D"),
        ({"expression": "(a-b)/(a+b)"}, "expression=(a-b)/(a%2Bb)"),
        ({"color_formula": "Gamma RGB 3.2"}, "color_formula=Gamma RGB 3.2"),
        ({"title": "50 % & more #1"}, "title=50 %25 %26 more %231"),
        ({"sel": ["time=2100-01-01", "ensemble=0"]}, "sel=time=2100-01-01&sel=ensemble=0"),
        ({"rescale": [[-1, 1.0], [0, 0.5]]}, "rescale=-1,1&rescale=0,0.5"),
        ({"rescale": "-1,1"}, "rescale=-1,1"),
        ({}, ""),
    ],
)
def test_structured_options_as_the_string_that_is_sent(options: dict[str, Any], text: str) -> None:
    assert written(options) == text


names = st.text(st.sampled_from("abz_"), min_size=1, max_size=4) | st.sampled_from(
    ["expression", "nodata", "colormap", "unscale", "rescale"]
)


@given(st.lists(st.tuples(names, st.text(max_size=8)), max_size=5))
def test_meaning_is_idempotent_and_keeps_every_value(pairs: list[tuple[str, str]]) -> None:
    text = "&".join(f"{name}={value}" for name, value in pairs)

    assert meaning(meaning(text)) == meaning(text)


@given(st.text(max_size=40))
def test_any_text_has_a_meaning(text: str) -> None:
    assert meaning(meaning(text)) == meaning(text)


@given(
    st.dictionaries(st.sampled_from(["assets", "expression", "color_formula", "x"]), st.lists(st.text(min_size=1), min_size=1, max_size=3))
)
def test_what_is_written_reads_back(options: dict[str, list[str]]) -> None:
    found: dict[str, list[str]] = {}
    for name, value in parameters(written(options)):
        found.setdefault(name, []).append(value)

    assert found == options


def test_json_nested_beyond_reason_is_compared_as_text() -> None:
    deep = "colormap=" + "[" * 900 + "]" * 900

    assert meaning(meaning(deep)) == meaning(deep)

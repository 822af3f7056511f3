"""What pcsync can prove it owns, and what it may therefore do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcsync.core.ownership import MARKER, Claim, Marker, Standing, binding, child_address, child_key, read_marker, short, standing
from pcsync.core.resource import Key
from tests.core.test_canonical import JSON

HOST = "https://contoso.abc.uksouth.geocatalog.spatio.azure.com"
A, B, C = short("a"), short("b"), short("c")


@pytest.mark.parametrize(
    ("desired", "live", "last", "expected"),
    [
        pytest.param(A, A, None, Standing.SETTLED, id="as desired, never applied by us"),
        pytest.param(A, A, B, Standing.SETTLED, id="as desired, whatever was applied"),
        pytest.param(B, A, A, Standing.AHEAD, id="the manifest moved"),
        pytest.param(A, B, A, Standing.DRIFT, id="somebody edited it"),
        pytest.param(A, None, A, Standing.DRIFT, id="somebody removed it"),
        pytest.param(A, B, C, Standing.CONFLICT, id="both moved"),
        pytest.param(A, None, B, Standing.CONFLICT, id="removed by somebody, changed by us"),
        pytest.param(A, None, None, Standing.AHEAD, id="new"),
        pytest.param(A, B, None, Standing.AHEAD, id="there before us: adopt and change"),
        pytest.param(None, A, A, Standing.PRUNE, id="dropped from the manifest"),
        pytest.param(None, B, A, Standing.LEAVE, id="dropped, but edited since"),
        pytest.param(None, A, None, Standing.LEAVE, id="somebody else's"),
        pytest.param(None, None, A, Standing.GONE, id="gone on both sides"),
    ],
)
def test_the_three_way_table(desired: str | None, live: str | None, last: str | None, expected: Standing) -> None:
    assert standing(desired, live, last) is expected


@given(st.sampled_from([A, B, C, None]), st.sampled_from([A, B, C, None]))
def test_what_was_never_applied_by_us_is_never_pruned(desired: str | None, live: str | None) -> None:
    assert standing(desired, live, None) is not Standing.PRUNE


def document(**marker: object) -> dict[str, object]:
    whole = {"v": 1, "owner": "contoso", "at": binding(HOST, "naip"), "rev": 3, "fields": {"/title": A}, "children": {"mosaic/all": B}}
    return {"id": "naip", MARKER: {**whole, **marker}}


@pytest.mark.parametrize(
    ("live", "claim"),
    [
        pytest.param(None, Claim.NONE, id="no collection"),
        pytest.param({"id": "naip"}, Claim.NONE, id="no marker"),
        pytest.param(document(), Claim.OURS, id="ours"),
        pytest.param(document(owner="former"), Claim.OURS, id="a former name of ours"),
        pytest.param(document(owner="fabrikam"), Claim.FOREIGN, id="another project's"),
        pytest.param({**document(), "id": "naip-copy"}, Claim.COPIED, id="copied to another collection"),
        pytest.param(document(at=binding("https://other.example", "naip")), Claim.COPIED, id="copied from another catalog"),
        pytest.param(document(v=2), Claim.DAMAGED, id="of another version"),
        pytest.param(document(v=True), Claim.DAMAGED, id="a version that is no number"),
        pytest.param(document(fields=[1]), Claim.DAMAGED, id="fields of another shape"),
        pytest.param(document(children={"mosaic/all": "../../etc"}), Claim.DAMAGED, id="a hash that is none"),
        pytest.param({"id": "naip", MARKER: "yes"}, Claim.DAMAGED, id="no object"),
    ],
)
def test_a_marker_proves_ownership_only_where_it_was_made(live: dict[str, object] | None, claim: Claim) -> None:
    assert read_marker(live, HOST, ("contoso", "former"))[0] is claim


@given(JSON)
def test_any_value_in_the_markers_place_is_read_without_an_error(junk: object) -> None:
    claim, _ = read_marker({"id": "naip", MARKER: junk}, HOST, ("contoso",))

    assert claim in {Claim.NONE, Claim.DAMAGED, Claim.COPIED}


def test_a_marker_survives_its_round_trip() -> None:
    marker = Marker("contoso", binding(HOST, "naip"), 4, {"/title": A}, {"mosaic/all": f"{B}.{C}:title,type"})

    assert read_marker({"id": "naip", MARKER: marker.to_json()}, HOST, ("contoso",)) == (Claim.OURS, marker)


def test_the_revision_is_no_claim() -> None:
    marker = Marker("contoso", "at", 1, {"/title": A}, {})

    assert marker.says(Marker("contoso", "at", 2, {"/title": A}, {}))
    assert not marker.says(Marker("contoso", "at", 1, {"/title": B}, {}))


def test_a_marker_past_its_cap_says_so() -> None:
    assert Marker("o", "a", 0, {}, {f"mosaic/{n:030}": A for n in range(6000)}).oversized


@pytest.mark.parametrize("key", [Key("mosaic", "naip", "all"), Key("tile-settings", "a/b"), Key("queryable", "a%b", "eo:cloud/cover")])
def test_a_childs_address_leads_back_to_its_key(key: Key) -> None:
    assert child_key(key.collection, child_address(key)) == key

"""The route table is what the app serves, and each row says why."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.routing import Route

from pcsync.emulator import create_app
from pcsync.emulator.table import ROUTES, ServedRoute

PAGE = re.compile(r"^\d\.\d+ \[(R|S|X|O|REST|D|P|U|I)\](\[[A-Z]+\])*$")
OWN = ("/_emulator/", "/blob/")  # the admin routes, and the storage account behind the service
ROOT = ("GET", "/")
LANDING_PAGE = "/stac/"  # the table of the SDK has /stac only, which redirects here


def _exchanges(reference: Path) -> set[str]:
    return {exchange["name"] for exchange in json.loads((reference / "recorded-exchanges.json").read_text())["exchanges"]}


def _published(reference: Path) -> set[tuple[str, str]]:
    routes = json.loads((reference / "routes-2026-04-15.json").read_text())["routes"]
    return {(route["method"], route["path"]) for route in routes}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_published_by_the_service_and_carries_evidence(route: ServedRoute, reference: Path) -> None:
    known = _exchanges(reference)

    assert (route.method, route.path) in _published(reference) or route.path == LANDING_PAGE
    assert route.evidence
    assert all(mark in known or PAGE.match(mark) for mark in route.evidence)


def test_every_published_route_is_served(reference: Path) -> None:
    served = {(route.method, route.path) for route in ROUTES}

    assert len(_published(reference)) == 144
    assert served - _published(reference) == {("GET", LANDING_PAGE)}
    assert _published(reference) <= served


def test_no_method_and_path_stand_twice_in_the_table() -> None:
    keys = [(route.method, route.path) for route in ROUTES]

    assert len(keys) == len(set(keys))


def test_the_app_serves_the_table_and_its_own_few_routes_only() -> None:
    routes = [route for route in create_app(":memory:").routes if isinstance(route, Route)]

    served = {(method, route.path) for route in routes for method in route.methods or () if method != "HEAD"}
    own = {pair for pair in served if pair[1].startswith(OWN)} | {ROOT}
    assert served - own == {(route.method, route.path) for route in ROUTES}

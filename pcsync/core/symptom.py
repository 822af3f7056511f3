"""What a look at an installation, a project and a catalog finds: one line each, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a thing is, best first."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that was looked at. ``refused``: a catalog does not know the caller, or does not let it in (exit 8)."""

    topic: str
    name: str
    health: Health
    what: str
    fix: str = ""
    refused: bool = False


def ok(topic: str, name: str, what: str) -> Symptom:
    """Something that is as it should be."""
    return Symptom(topic, name, Health.OK, what)


def warning(topic: str, name: str, what: str, fix: str = "") -> Symptom:
    """Something that may be meant so."""
    return Symptom(topic, name, Health.WARNING, what, fix)


def failed(topic: str, name: str, what: str, fix: str = "", *, refused: bool = False) -> Symptom:
    """Something that keeps a command from working."""
    return Symptom(topic, name, Health.FAILED, what, fix, refused)

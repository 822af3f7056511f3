"""What can go wrong, said so that a person can mend it.

PcsyncError                     exit 1
├── UsageError                  exit 64   the command line asks for something that makes no sense
├── ManifestError               exit 3    manifests that are invalid; carries every diagnostic
├── GuardError                  exit 4    a guard or policy forbids the change
├── StaleError                  exit 5    the live state moved since the plan was approved, or somebody else owns it
├── PartialError                exit 6    some changes were applied and some were not
├── CheckError                  exit 7    applied, but a declared check failed
├── AuthenticationError         exit 8    no token, or the catalog refused it
├── DeadlineError               exit 9    an operation, a lock or the network took too long
└── ServiceError                exit 1    the catalog answered with an error (client/errors.py refines it by status)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pcsync.core.diagnostic import Diagnostic


class PcsyncError(Exception):
    """A failure with a place, a fact and a way out.

    ``where`` is a file position, a resource address or a call; ``what`` a sentence; ``fix`` what to do about it.
    """

    exit_code: ClassVar[int] = 1
    uncertain: ClassVar[bool] = False
    """A write that ended so may have been done all the same."""
    contested: ClassVar[bool] = False
    """Another write came first: the resource exists already, or its configuration changed meanwhile."""

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.fix = what, where, fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  fix: {self.fix}" if self.fix else head


class UsageError(PcsyncError):
    """The command line contradicts itself or names what does not exist."""

    exit_code = 64


class ManifestError(PcsyncError):
    """Manifests that cannot be used; ``diagnostics`` holds every problem found in the run."""

    exit_code = 3

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


class GuardError(PcsyncError):
    """A guard or policy stands in the way of an apply."""

    exit_code = 4


class StaleError(PcsyncError):
    """The live state is not the one the plan was made from, or belongs to somebody else."""

    exit_code = 5


class PartialError(PcsyncError):
    """An apply that did some of its changes; the rest failed, was blocked or is unknown."""

    exit_code = 6


class CheckError(PcsyncError):
    """The apply worked, and a check that the manifests declare failed afterwards."""

    exit_code = 7


class AuthenticationError(PcsyncError):
    """No token could be had, or the catalog refuses the one that was sent (401, 403)."""

    exit_code = 8


class DeadlineError(PcsyncError):
    """Something did not finish in its time: an operation, a lock, a request."""

    exit_code = 9
    uncertain = True


class ServiceError(PcsyncError):
    """The catalog answered a call with an error, or with something that is not an answer."""

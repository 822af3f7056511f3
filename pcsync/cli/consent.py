"""What has to be so before a command that writes without a saved plan may plan at all."""

from __future__ import annotations

import sys

from pcsync.cli.wiring import Wiring
from pcsync.core.errors import GuardError, UsageError


def require_consent(wiring: Wiring, yes: bool, instead: str, fix: str = "say --yes") -> None:
    """Raises GuardError for a protected target, with the way ``instead``; UsageError where nobody can be asked."""
    if wiring.spec.protected:
        raise GuardError(f"the target {wiring.spec.name} is protected: it takes saved plans only", fix=instead)
    if not yes and not sys.stdin.isatty():
        raise UsageError("nobody is there to ask", fix=fix)

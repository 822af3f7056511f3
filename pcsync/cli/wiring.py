"""Builds what a command needs, once: project, desired state, catalog. The only place where the arms of the star meet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.core.errors import UsageError
from pcsync.core.plan import Target
from pcsync.core.source import Origin, Position

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.client.http import Catalog
    from pcsync.manifests.load import Context
    from pcsync.manifests.project import Project, TargetSpec

EMULATOR = "emulator:"


@dataclass(frozen=True)
class Wiring:
    """The project a command works in, and the target it works on."""

    project: Project
    spec: TargetSpec
    environment: Mapping[str, str]

    @property
    def target(self) -> Target:
        """The target as a plan names it."""
        return Target(self.spec.name, self.spec.endpoint, self.project.owner, self.spec.protected)

    @cached_property
    def context(self) -> Context:
        """What loading a manifest of this project for this target takes."""
        from pcsync.kinds import ATTACHING
        from pcsync.manifests.load import context

        return context(self.project, self.spec, self.environment, ATTACHING)

    def locate(self, origin: Origin) -> Position:
        """File, line and column of a manifest value."""
        from pcsync.manifests.positions import locate

        return locate(origin, self.project.root)

    @asynccontextmanager
    async def catalog(self, *, credential: str = "default", concurrency: int = 64) -> AsyncIterator[Catalog]:
        """The target's catalog, opened for this command."""
        from pcsync.client.http import Catalog

        async with Catalog(**_connection(self.spec.endpoint, self.project.root, credential, self.environment), concurrency=concurrency,
                           secrets=self.secret) as catalog:
            yield catalog

    @cached_property
    def secret(self) -> partial[str]:
        """The value of a secret reference, looked up when a request that carries it is sent."""
        from pcsync.manifests.secrets import resolve

        return partial(resolve, environ=self.environment, root=self.project.root)


def wire(options: GlobalOptions, target: str | None, endpoint: str | None = None) -> Wiring:
    """The wiring of a command. Raises UsageError where there is no project or no such target."""
    from pcsync.manifests.project import find_project, read_project

    config = Path(options.config) if options.config else None
    project = read_project(find_project(Path.cwd(), config), options.environment)
    spec = project.target(target)
    return Wiring(project, replace(spec, endpoint=endpoint.rstrip("/")) if endpoint else spec, options.environment)

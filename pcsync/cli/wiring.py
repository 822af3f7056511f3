"""Builds what a command needs, once: project, desired state, catalog. The only place where the arms of the star meet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pcsync.core.plan import Target
from pcsync.core.source import Origin, Position

if TYPE_CHECKING:
    from pcsync.cli.options import GlobalOptions
    from pcsync.client.http import Catalog
    from pcsync.client.keyvault import KeyVault
    from pcsync.manifests.load import Context
    from pcsync.manifests.project import Project, TargetSpec

EMULATOR = "emulator:"
TOKEN = "PCSYNC_TOKEN"  # noqa: S105  the variable's name, not a token


@dataclass(frozen=True)
class Wiring:
    """The project a command works in, and the target it works on."""

    project: Project
    spec: TargetSpec
    environment: Mapping[str, str]
    credential: str = "default"
    """Who asks key vaults: a name of pcsync.client.auth.CREDENTIALS."""

    @property
    def target(self) -> Target:
        """The target as a plan names it."""
        return Target(self.spec.name, self.spec.endpoint, self.project.owner, self.spec.protected)

    @cached_property
    def context(self) -> Context:
        """What loading a manifest of this project for this target takes."""
        from pcsync.kinds.attaching import ATTACHING
        from pcsync.manifests.load import context

        return context(self.project, self.spec, self.environment, ATTACHING, self.vault)

    def locate(self, origin: Origin) -> Position:
        """File, line and column of a manifest value."""
        from pcsync.manifests.positions import locate

        return locate(origin, self.project.root)

    def secret(self, reference: str) -> str:
        """The value of a secret reference, looked up when a request that carries it is sent."""
        from pcsync.manifests.secrets import resolve

        return resolve(reference, self.environment, self.project.root, self.vault)

    @cached_property
    def vault(self) -> KeyVault:
        """The key vaults that references name, each secret asked for once."""
        from pcsync.client.auth import credential
        from pcsync.client.keyvault import KeyVault

        return KeyVault(partial(credential, self.credential))

    @asynccontextmanager
    async def catalog(self, credential: str = "default", concurrency: int = 64) -> AsyncIterator[Catalog]:
        """The target's catalog, opened for this command."""
        from pcsync.client.http import Catalog, Limits

        connection = connection_to(self.spec.endpoint, self.project.root, credential, self.environment)
        async with Catalog(**connection, secrets=self.secret, files=self.project.root, limits=Limits(concurrency=concurrency)) as catalog:
            yield catalog


def connection_to(endpoint: str, root: Path, credential: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """The endpoint, transport and authentication of a catalog; an ``emulator:`` one lives in this process and needs no token."""
    if endpoint.startswith(EMULATOR):
        from pcsync.cli.emulator import ORIGIN, in_process

        return {"endpoint": ORIGIN, "transport": in_process(endpoint, root)}
    from pcsync.client.auth import NoAuth, choose
    from pcsync.client.endpoint import API_VERSION, Endpoint

    token = environment.get(TOKEN)
    on_this_machine = Endpoint.parse(endpoint, API_VERSION).loopback and credential == "default" and token is None
    return {"endpoint": endpoint, "auth": NoAuth() if on_this_machine else choose(credential, token)}


def wire(options: GlobalOptions, target: str | None = None, endpoint: str | None = None, credential: str = "default") -> Wiring:
    """The wiring of a command. Raises UsageError where there is no project or no such target."""
    from pcsync.manifests.project import find_project, read_project

    project = read_project(find_project(Path.cwd(), Path(options.config) if options.config else None), options.environment)
    if endpoint is None:
        return Wiring(project, project.target(target), options.environment, credential)
    return Wiring(project, elsewhere(project, target, endpoint), options.environment, credential)


def elsewhere(project: Project, target: str | None, endpoint: str) -> TargetSpec:
    """A target of the project at another endpoint; what is wrong with its own endpoint does not matter then."""
    from pcsync.core.errors import UsageError
    from pcsync.manifests.endpoint import EndpointError
    from pcsync.manifests.endpoint import endpoint as checked

    name = target or project.default_target
    spec = project.targets.get(name) if name else None
    try:
        chosen = checked(endpoint, project.root)
    except EndpointError as wrong:
        raise UsageError(wrong.what, where="--endpoint", fix=wrong.fix) from wrong
    return replace(spec or project.target(target), endpoint=chosen, problems=())

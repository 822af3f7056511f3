"""The manifests' frames as pydantic models; what stands in their sections comes from the kinds.

Only schema building imports this module: a load goes through the packaged schemas and never waits for pydantic.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from pcsync.manifests.checks import Check
from pcsync.manifests.preview import Preview

API_VERSION = "pcsync/v1"
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")]
Mode = Literal["observe", "additive", "owned", "authoritative"]
ApiVersion = Annotated[Literal["pcsync/v1"], Field(description="Version of the manifest format.")]


class Frame(BaseModel):
    """A part of a manifest: exact types, no unknown keys, camelCase."""

    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


class Target(Frame):
    """A GeoCatalog that the project is applied to."""

    endpoint: str = Field(
        min_length=1,
        description="https://NAME.HASH.REGION.geocatalog.spatio.azure.com, or emulator:PATH for one in a file; ${env:NAME} works here.",
    )
    variables: dict[Name, str | bool | int | float] = Field(default={}, description="What ${name} stands for in manifests and overlays.")
    overlays: list[str] = Field(default=[], description="Overlay files, folders or globs that apply to this target, in order.")
    protected: bool = Field(default=False, description="Takes saved, approved plans only.")
    marker: bool = Field(
        default=True, description="false for a catalog that drops the ownership marker: it is not written, and nothing is deleted there."
    )


class Guards(Frame):
    """How much one apply may delete before it needs another word."""

    max_delete_percent: Annotated[float, Field(ge=0, le=100)] | None = Field(None, description="Share of the managed resources, 0 to 100.")
    max_deletes: Annotated[int, Field(ge=0)] | None = Field(None, description="Number of resources.")


class Project(Frame):
    """pcsync.yaml: what belongs to the project, whose it is, and the catalogs it is applied to."""

    api_version: ApiVersion
    kind: Literal["Project"]
    owner: str = Field(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$",
        description="Stable id of the project; written into what it manages.",
    )
    previous_owners: list[str] = Field(default=[], description="Ids this project had before; what carries them is still its own.")
    manifests: list[Annotated[str, Field(min_length=1)]] = Field(
        default=["."], min_length=1, description="Manifest files, folders (every YAML manifest below) or globs, relative to this file."
    )
    default_target: str | None = Field(None, description="The target of commands that name none.")
    targets: dict[Name, Target] = Field(default={}, description="Catalogs by name; without any there is local, a catalog in a file.")
    guards: Guards | None = Field(None, description="Limits that stop an apply.")
    rules: dict[Annotated[str, Field(pattern=r"^[a-z0-9*-]+$")], Literal["error", "warning", "note", "off"]] | None = Field(
        None, description="How much rules of validation count, by id, set or pattern; the last one that fits wins."
    )
    policies: list[Annotated[str, Field(min_length=1)]] = Field(
        default=[], description="Files, folders or globs of Policy documents: rules of one's own."
    )
    plugins: list[Annotated[str, Field(min_length=1)]] = Field(
        default=[], description="Installed packages' rules, by their names in the entry point group pcsync.rules."
    )


class PolicyRule(Frame):
    """A demand on every manifest of a kind."""

    id: str = Field(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$", description="Id of the rule, for --select, --ignore and suppressions: contoso-license."
    )
    severity: Literal["error", "warning", "note"] = Field(default="error", description="How much it counts.")
    kind: Literal["Collection", "IngestionSource", "Removal"] = Field(default="Collection", description="The manifests it looks at.")
    where: dict[str, Any] | None = Field(None, description="JSON Schema of the whole manifest; only manifests that fit it are looked at.")
    at: Annotated[str, Field(pattern=r"^(/.*)?$")] = Field(
        default="",
        description="JSON pointer of the values it is about; * stands for every member: /renderOptions/*. Nothing there is nothing wrong.",
    )
    demand: dict[str, Any] = Field(alias="assert", description="JSON Schema (draft 2020-12) that the values have to fit.")
    message: str = Field(min_length=1, description="What is wrong where they do not.")
    fix: str = Field(default="", description="What to do about it.")
    why: str = Field(default="", description="Why it matters; shown by pcsync explain.")


class Policy(Frame):
    """Rules of a team's own, checked by pcsync validate over manifests as they read after $file, variables and overlays."""

    api_version: ApiVersion
    kind: Literal["Policy"]
    rules: list[PolicyRule] = Field(min_length=1, description="The rules.")


class Modes(Frame):
    """Per list: what pcsync may do with members. Absent is owned."""

    queryables: Mode | None = Field(None, description="Queryables.")
    render_options: Mode | None = Field(None, description="Render options.")
    mosaics: Mode | None = Field(None, description="Mosaics.")
    assets: Mode | None = Field(None, description="Collection assets.")
    ingestions: Mode | None = Field(None, description="Ingestion definitions.")


class Management(Frame):
    """Who else writes to the collection."""

    modes: Modes | None = Field(
        None, description="observe: compare only; additive: never delete; owned: delete our own; authoritative: delete any other."
    )
    ignore: list[Annotated[str, Field(pattern=r"^/")]] | None = Field(
        None, description="Pointers of fields that others write, such as /stac/extent; members of lists by id, name or displayName."
    )


class Collection(Frame):
    """A STAC collection of a GeoCatalog and everything configured on it. A section that is absent is not managed."""

    api_version: ApiVersion
    kind: Literal["Collection"]
    id: str = Field(min_length=1, max_length=500, description="Id of the collection; it cannot be changed later.")


class CollectionEnd(Frame):
    """What closes a Collection manifest, behind the sections of the kinds."""

    management: Management | None = Field(None, description="Who else writes to the collection.")
    preview: Preview | None = Field(None, description="Where and how pcsync preview looks at the collection; nothing of it is applied.")
    checks: list[Check] | None = Field(
        None,
        description="What the collection has to show and answer, asked after apply and by pcsync check. A render option that no check "
        "draws gets one by itself; an empty list turns that off.",
    )


class Standalone(Frame):
    """The frame of a manifest that declares one resource by itself."""

    api_version: ApiVersion


class Overlay(Frame):
    """A JSON merge patch over one manifest, for the targets that list it; lists of things with an id or name merge by it."""

    model_config = ConfigDict(extra="allow")

    api_version: ApiVersion
    kind: Literal["Overlay"]
    of: str = Field(
        pattern=r"^(Collection|IngestionSource|Removal)/.", description="The manifest: Collection/naip, IngestionSource/imagery."
    )


class Removal(Frame):
    """The only way to delete a whole collection, items included."""

    api_version: ApiVersion
    kind: Literal["Removal"]
    collection: str = Field(min_length=1, max_length=500, description="Id of the collection to delete.")
    expect_items: int | None = Field(None, ge=0, description="How many items the author believes it has; a plan refuses a surprise.")
    reason: str | None = Field(None, min_length=1, description="Why; shown in the plan.")

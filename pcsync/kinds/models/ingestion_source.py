"""Containers that may be ingested from."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from pcsync.kinds.models._base import CamelShape, Shape

CONTAINER = r"^https://[A-Za-z0-9]{3,24}(\.z[0-9]+)?\.blob\.[A-Za-z0-9.-]+/[a-z0-9](-?[a-z0-9]){2,62}$"
GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"


class ManagedIdentity(CamelShape):
    """An identity that is assigned to the GeoCatalog resource."""

    object_id: Annotated[str, Field(pattern=GUID)] = Field(
        description="Object id (GUID) of the identity; it needs Storage Blob Data Reader."
    )


class Secret(Shape):
    """Where a secret is found when it is needed; never the secret itself."""

    secret: Annotated[str, Field(pattern=r"^(env|file|keyvault):\S+$")] = Field(
        alias="$secret", description="env:NAME, file:PATH or keyvault:VAULT/SECRET."
    )


class IngestionSource(CamelShape):
    """A blob container that ingestions may read."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["managedIdentity"]}, {"required": ["sasToken"]}]})

    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="Its name in the manifests; the service has none.")
    container_url: Annotated[str, Field(pattern=CONTAINER)] = Field(
        description="https://<account>.blob.core.windows.net/<container>, without a trailing slash, a path or a query."
    )
    # absent or there, but never null, so that exactly one of the two is
    managed_identity: ManagedIdentity = Field(None, description="Read by a managed identity of the catalog.")  # type: ignore[assignment]
    sas_token: Secret = Field(None, description="Read by a SAS token (read and list, of the container).")  # type: ignore[assignment]
    rotate_before: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}[hd]$", description="Hours or days, such as 48h or 7d.")] | None = Field(
        None,
        description="How long before its expiry the live SAS token is replaced, by one that lives longer; absent: by any other.",
    )

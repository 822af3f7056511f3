"""How the items of a collection are partitioned."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pcsync.kinds.models._base import Shape


class PartitionType(Shape):
    """Partitioning of the collection's items; about 100,000 items a partition are best."""

    scheme: Literal["year", "month", "none"] = Field(description="Partition by the items' year or month, or not at all.")

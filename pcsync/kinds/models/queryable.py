"""Properties of the items that searches may filter by."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pcsync.kinds.models._base import Shape
from pcsync.kinds.queryable import BUILT_IN


class Queryable(Shape):
    """One property of the items that searches and the Explorer may filter by."""

    name: str = Field(
        min_length=1,
        description="Name of the item property, without `properties.`; id, datetime and geometry are built in.",
        json_schema_extra={"not": {"enum": list(BUILT_IN)}},
    )
    definition: dict[str, Any] = Field(description="JSON Schema of its values: type, title, enum …")
    data_type: Literal["string", "number", "boolean", "timestamp", "date"] | None = Field(
        None, description="Type of the index. The catalog never shows it again, so a change of it alone is not seen."
    )
    create_index: bool | None = Field(None, description="Index the property. Cannot be read back either.")

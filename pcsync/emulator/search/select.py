"""A Search as SQL, and one page of its answer.

Two ways to the rows. Few boxes' worth of candidates: from the R-tree, then sort. Else: along the index of the order
asked for, testing each row, until the page is full. Which one is decided by counting candidates up to FEW.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from .criteria import NEWEST_FIRST, Search, SortKey, to_token
from .geometry import Box
from .sql import Sql, bound, every, fill, some

FEW = 3_000
"""Candidates in the R-tree up to which it leads."""
TREE_BOX = "SELECT n FROM footprints WHERE west <= {east} AND east >= {west} AND south <= {north} AND north >= {south}"


@dataclass(frozen=True, slots=True)
class Page:
    """Items as stored text, in order; `token` leads to the next page, None on the last one."""

    features: tuple[str, ...]
    token: str | None


def page(db: Connection, search: Search) -> Page:
    """At most `limit` items."""
    statement = statement_of(db, search)
    rows = db.execute(statement.text, statement.values).fetchall()
    kept = rows[: search.limit]
    features = tuple(_served(db, row[0]) for row in kept)
    return Page(features, to_token(list(kept[-1])[1:]) if len(rows) > search.limit else None)


def numbers(db: Connection, search: Search) -> list[int]:
    """The row numbers of the first `limit` items, in order."""
    statement = statement_of(db, search)
    return [row[0] for row in db.execute(statement.text, statement.values).fetchmany(search.limit)]


def statement_of(db: Connection, search: Search) -> Sql:
    """SELECT of row number and sort values; asks for one row more than the limit."""
    tree = _tree(search.boxes) if search.boxes is not None else None
    led = tree is not None and _is_few(db, tree)
    where = every([*_columns(db, search), *search.conditions, *_after(search)])
    keys = [_key(key) for key in search.order]
    template = "SELECT i.n" + "".join(f", {{k{number}}}" for number in range(len(keys)))
    template += " FROM " + ("({tree}) AS f CROSS JOIN items AS i ON i.n = f.n" if led else _items(search))
    template += (" JOIN" if led else " CROSS JOIN") + " item_documents AS d ON d.n = i.n" if _reads_documents(search) else ""
    template += " WHERE {where} ORDER BY {order} LIMIT {limit}"
    named = {f"k{number}": key for number, key in enumerate(keys)}
    parts = {"where": where, "order": _order(search.order), "limit": bound(search.limit + 1), **named}
    return fill(template, **parts, **({"tree": tree} if tree is not None and led else {}))


def _items(search: Search) -> str:
    """The table with the index that leads to few rows or gives the order; SQLite, which has no statistics, would guess."""
    if search.ids is not None:
        return "items AS i INDEXED BY items_by_id"
    if search.order != NEWEST_FIRST or (search.collections and len(search.collections) > 1):
        return "items AS i"
    return f"items AS i INDEXED BY {'items_newest' if search.collections else 'items_newest_of_all'}"


def _served(db: Connection, number: int) -> str:
    return str(db.execute("SELECT served FROM item_documents WHERE n = ?", (number,)).fetchone()[0])


def _tree(boxes: Sequence[Box]) -> Sql:
    selects = []
    for box in boxes:
        west, south, east, north = (bound(number) for number in box)
        selects.append(fill(TREE_BOX, west=west, south=south, east=east, north=north))
    text = " UNION ".join(select.text for select in selects)
    return Sql(text, tuple(value for select in selects for value in select.values))


def _is_few(db: Connection, tree: Sql) -> bool:
    counted = fill("SELECT count(*) FROM (SELECT 1 FROM ({tree}) LIMIT {few})", tree=tree, few=bound(FEW + 1))
    return bool(db.execute(counted.text, counted.values).fetchone()[0] <= FEW)


def _columns(db: Connection, search: Search) -> list[Sql]:
    """What columns of items decide."""
    found = []
    if search.collections is not None:
        found.append(_one_of("i.collection", search.collections))
    if search.ids is not None:
        found.append(_one_of("i.id", search.ids))
    if search.interval is not None:
        start, end = search.interval.start, search.interval.end
        found.append(Sql("i.datetime BETWEEN ? AND ? AND i.ends >= ?", (start - _longest(db, search.collections), end, start)))
    if search.heights is not None:
        found.append(Sql("(i.low IS NULL OR (i.low <= ? AND i.high >= ?))", (search.heights[1], search.heights[0])))
    return found


def _one_of(column: str, names: Sequence[str]) -> Sql:
    if len(names) == 1:
        return Sql(f"{column} = ?", (names[0],))
    return Sql(f"{column} IN (SELECT value FROM json_each(?))", (json.dumps(list(names)),))  # noqa: S608 - a column of ours


def _longest(db: Connection, collections: tuple[str, ...] | None) -> int:
    """The longest span of any item looked at: none that meets an interval begins earlier than that before it."""
    if collections is None:
        rows = db.execute("SELECT (SELECT ends - datetime FROM items ORDER BY ends - datetime DESC LIMIT 1)")
    else:
        sql = (
            "SELECT max((SELECT ends - datetime FROM items WHERE collection = value ORDER BY ends - datetime DESC LIMIT 1))"
            " FROM json_each(?)"
        )
        rows = db.execute(sql, (json.dumps(list(collections)),))
    return int(rows.fetchone()[0] or 0)


def _reads_documents(search: Search) -> bool:
    texts = [condition.text for condition in search.conditions]
    return any("d.document" in text for text in texts) or any(key.path is not None for key in search.order)


def _key(key: SortKey) -> Sql:
    """The value to order by."""
    return Sql(f"i.{key.column}") if key.column else Sql("json_extract(d.document, ?)", (key.path,))


def _order(order: Sequence[SortKey]) -> Sql:
    """As PostgreSQL: a missing value counts as the largest."""
    parts = []
    for key in order:
        direction = "DESC" if key.descending else "ASC"
        if key.path is not None:
            parts.append(fill(f"{{it}} IS NULL {direction}", it=_key(key)))
        parts.append(fill(f"{{it}} {direction}", it=_key(key)))
    return Sql(", ".join(part.text for part in parts), tuple(value for part in parts for value in part.values))


def _after(search: Search) -> list[Sql]:
    """Rows beyond the last one of the page before."""
    if search.after is None:
        return []
    if search.order == NEWEST_FIRST:
        return [Sql("(i.datetime, i.id, i.collection) < (?, ?, ?)", search.after)]
    return [some([_beyond_at(search, place) for place in range(len(search.order))])]


def _beyond_at(search: Search, place: int) -> Sql:
    """Equal in all keys before `place`, beyond in that one."""
    values = search.after or ()
    equal = [fill("{key} IS {value}", key=_key(key), value=bound(value)) for key, value in zip(search.order, values[:place], strict=False)]
    return every([*equal, _beyond(search.order[place], values[place])])


def _beyond(key: SortKey, value: Any) -> Sql:
    """A missing value counts as the largest, so it is beyond every value going up and before every one going down."""
    if value is None:
        return fill("{key} IS NOT NULL", key=_key(key)) if key.descending else Sql("0")
    if key.descending:
        return fill("{key} < {value}", key=_key(key), value=bound(value))
    return fill("({key} > {value} OR {key} IS NULL)", key=_key(key), value=bound(value))

"""A tracked table as it was known at one log number, as SQL."""

from __future__ import annotations

import re

TABLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")

AS_KNOWN = """\
SELECT known.* FROM (
    SELECT DISTINCT ON (entry.row_id) entry.after
    FROM yiyang_change change
    JOIN yiyang_changenumber numbering ON numbering.change_id = change.id
    JOIN yiyang_changeentry entry ON entry.change_id = change.id
    WHERE change.table_name = '{table}'
      AND numbering.first_number <= {number}
      AND entry.ordinal <= {number} + 1 - numbering.first_number
    ORDER BY entry.row_id, numbering.first_number DESC
) latest
CROSS JOIN LATERAL jsonb_populate_record(NULL::"{table}", latest.after) known
WHERE latest.after IS NOT NULL"""

# The same rows from the other end: today's table with what changed after the number undone. It
# costs as much as has changed since, and the table keeps its indexes and its statistics.
UNDONE = """\
WITH later AS MATERIALIZED (
    SELECT DISTINCT ON (entry.row_id) entry.row_id, entry.before
    FROM (
        SELECT change_id, {number} + 1 - first_number AS seen
        FROM yiyang_changenumber WHERE last_number > {number}
        UNION ALL
        SELECT change_id, 0 FROM yiyang_changepending
    ) unseen
    JOIN yiyang_change change ON change.id = unseen.change_id
    JOIN yiyang_changeentry entry ON entry.change_id = unseen.change_id
    WHERE change.table_name = '{table}' AND entry.ordinal > unseen.seen
    ORDER BY entry.row_id, entry.change_id
)
SELECT kept.* FROM "{table}" kept WHERE kept."{key}" NOT IN (SELECT row_id FROM later)
UNION ALL
SELECT known.* FROM later
CROSS JOIN LATERAL jsonb_populate_record(NULL::"{table}", later.before) known
WHERE later.before IS NOT NULL"""


def as_known(table: str, number: int) -> str:
    """A SELECT giving the table's rows as the log knew them up to `number`.

    Usable as the body of a CTE named like the table: a cast names the type, which no CTE hides.
    Columns kept out of the log, or added to the table later, come back null.
    """
    return AS_KNOWN.format(table=_checked(table), number=int(number))


def undone(table: str, number: int, *, key: str = "id") -> str:
    """The same SELECT as `as_known`, made from the table itself; near in cost to reading it.

    Columns kept out of the log come back null only in the rows that changed since.
    """
    return UNDONE.format(table=_checked(table), number=int(number), key=_checked(key))


def _checked(name: str) -> str:
    if not TABLE_NAME.fullmatch(name):
        raise ValueError(f"不是登记表的名称：{name!r}")
    return name

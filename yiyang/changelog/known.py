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


def as_known(table: str, number: int) -> str:
    """A SELECT giving the table's rows as the log knew them up to `number`.

    Usable as the body of a CTE named like the table: a cast names the type, which no CTE hides.
    Columns kept out of the log, or added to the table later, come back null.
    """
    if not TABLE_NAME.fullmatch(table):
        raise ValueError(f"不是登记表的名称：{table!r}")
    return AS_KNOWN.format(table=table, number=int(number))

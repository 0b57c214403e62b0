"""What log entries did to the seats of institutions, told to the feed of changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection

from institutions.models import InstitutionProfile, RegionPlacement, ScopeTurn
from institutions.turns import keep_turns
from yiyang.access.scope import Actor
from yiyang.api.feed_kinds import Move, Seating, Seats
from yiyang.changelog.touches import Touch

PROFILES = str(InstitutionProfile._meta.db_table)
PLACEMENTS = str(RegionPlacement._meta.db_table)
TURNS = str(ScopeTurn._meta.db_table)

# 令牌的区划之下曾有过的一切区划，不论何时、是否作废。
EVER = """\
WITH RECURSIVE ever(region_id) AS (
    SELECT unnest(%(roots)s::bigint[])
    UNION
    SELECT placement.region_id
    FROM institutions_regionplacement placement
    JOIN ever ON placement.parent_id = ever.region_id
)"""
# 改名不动归属；一家机构的第一份概况也不动：挂在它下面的登记都在它之后，各有编号。
MOVED_SEATS = f"""
{EVER}, moved AS (
    SELECT id, before, after,
           coalesce((before->>'region_id')::bigint IN (SELECT region_id FROM ever), false) AS was_in
    FROM yiyang_changeentry
    WHERE id = ANY(%(entries)s) AND (
        before IS NULL OR after IS NULL
        OR (before->'institution_id', before->'region_id', before->'starts_on',
            before->'ends_on', before->'voided_at')
        IS DISTINCT FROM
           (after->'institution_id', after->'region_id', after->'starts_on',
            after->'ends_on', after->'voided_at')
    )
), seats AS (
    SELECT id, before IS NULL AS is_new, (before->>'institution_id')::bigint AS seat,
           (before->>'id')::bigint AS profile, was_in
    FROM moved WHERE before IS NOT NULL
    UNION
    SELECT id, before IS NULL, (after->>'institution_id')::bigint, (after->>'id')::bigint, was_in
    FROM moved WHERE after IS NOT NULL
)
SELECT id, seat, was_in FROM seats
WHERE NOT is_new OR EXISTS (
    SELECT FROM institutions_institutionprofile other
    WHERE other.institution_id = seats.seat AND other.id <> seats.profile
)
"""
# 区划改隶：只看与令牌的区划有关的。区划的第一次隶属不算，那是新建。
REFORMS = f"""
{EVER}
SELECT entry.id FROM yiyang_changeentry entry
WHERE entry.id = ANY(%(entries)s)
  AND (entry.before IS NOT NULL OR EXISTS (
      SELECT FROM institutions_regionplacement other
      WHERE other.region_id = (entry.after->>'region_id')::bigint AND other.id <> entry.row_id
  ))
  AND ((entry.before->>'parent_id')::bigint IN (SELECT region_id FROM ever)
       OR (entry.after->>'parent_id')::bigint IN (SELECT region_id FROM ever))
"""
TURNED_REGIONS = f"""
{EVER}
SELECT turn.id FROM institutions_scopeturn turn
WHERE turn.id = ANY(%(turns)s) AND turn.region_id IN (SELECT region_id FROM ever)
"""
EVER_SEATED = f"""
{EVER}
SELECT DISTINCT profile.institution_id FROM institutions_institutionprofile profile
WHERE profile.institution_id = ANY(%(seats)s)
  AND profile.region_id IN (SELECT region_id FROM ever)
"""


def read_seating(touches: Collection[Touch], actor: Actor) -> Seating:
    """The moves, the reforms and the days not yet come among some touches."""
    turned = [one for one in touches if one.table == TURNS]
    moves, left = _moved_by_profiles([one for one in touches if one.table == PROFILES], actor)
    reforms = _reforms([one for one in touches if one.table == PLACEMENTS], actor)
    if not turned:
        return Seating(moves, left, None, min(reforms, default=None))
    turns = {row.pk: row for row in ScopeTurn.objects.filter(pk__in=[t.row_id for t in turned])}
    early = [one.number for one in turned if turns[one.row_id].turned_on > actor.day]
    moves += tuple(
        Move(one.number, seat)
        for one in turned
        if (seat := turns[one.row_id].institution_id) is not None
    )
    reforms += _turned_regions(turned, actor)
    return Seating(moves, left, min(early, default=None), min(reforms, default=None))


def ever_seated(seats: Collection[int], actor: Actor) -> set[int]:
    """Which of the institutions ever had a seat in the actor's regions, or are granted to it."""
    asked = {"roots": list(actor.region_ids), "seats": list(seats)}
    granted = set(seats) & set(actor.institution_ids)
    return granted | {seat for (seat,) in _rows(EVER_SEATED, asked)}


def _moved_by_profiles(
    touches: Sequence[Touch], actor: Actor
) -> tuple[tuple[Move, ...], frozenset[int]]:
    numbers = {one.entry: one.number for one in touches}
    if not numbers:
        return (), frozenset()
    asked = {"roots": list(actor.region_ids), "entries": list(numbers)}
    rows = _rows(MOVED_SEATS, asked)
    moves = tuple(Move(numbers[entry], seat) for entry, seat, _ in rows)
    return moves, frozenset(seat for _, seat, was_in in rows if was_in)


def _reforms(touches: Sequence[Touch], actor: Actor) -> list[int]:
    numbers = {one.entry: one.number for one in touches}
    if not numbers:
        return []
    asked = {"roots": list(actor.region_ids), "entries": list(numbers)}
    return [numbers[entry] for (entry,) in _rows(REFORMS, asked)]


def _turned_regions(touches: Sequence[Touch], actor: Actor) -> list[int]:
    numbers = {one.row_id: one.number for one in touches}
    asked = {"roots": list(actor.region_ids), "turns": list(numbers)}
    return [numbers[turn] for (turn,) in _rows(TURNED_REGIONS, asked)]


def _rows(statement: str, asked: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


SEATS = Seats(
    tables=(PROFILES, PLACEMENTS, TURNS),
    turn=keep_turns,
    read=read_seating,
    ever_seen=ever_seated,
)

"""Which institution of ours a row of theirs most likely is, where the codes do not say."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from institutions.models import InstitutionProfile, Region, RegionLevel, RegionPlacement, UploadRow
from yiyang.access.scope import Actor

# 两个名称有多像才算疑似，百分之几；短名称一字之差就不是一家，所以从严。
ALIKE_PERCENT = 80
SHORTEST = 3
# 名称有共同字对最多的几家才细比。
LOOKED_AT = 8
PUNCTUATION = re.compile(r"[\W_]+")
SAME_CREDIT_CODE, SIMILAR_NAME, SAME_NAME = (
    "信用代码相同",
    "名称相近，同在一个区",
    "名称相同，同在一个区",
)


@dataclass(frozen=True, slots=True)
class Match:
    """An institution of ours that a row of theirs is likely to be, and why."""

    institution_id: int
    code: str
    name: str
    why: str


def unmatched_profiles(actor: Actor, day: date, taken: Collection[str]) -> list[InstitutionProfile]:
    """Our providers of elderly service on the day, but for those whose code is in their list."""
    rows = InstitutionProfile.objects.on(day).visible_to(actor).elderly_service()
    kept = rows.filter(institution__voided_at=None).exclude(institution__code__in=taken)
    return list(kept.select_related("institution", "region").order_by("pk"))


def probable_matches(
    rows: Sequence[UploadRow],
    *,
    actor: Actor,
    day: date,
    taken: Collection[str],
    ours: Sequence[InstitutionProfile] | None = None,
) -> dict[int, Match]:
    """For rows without a code of ours, by the row's key, the likeliest of ours; each only once."""
    if not rows:
        return {}
    left = unmatched_profiles(actor, day, taken) if ours is None else ours
    by_credit = {one.credit_code: one for one in left if one.credit_code}
    districts = districts_on(day)
    near: dict[int | None, _Names] = defaultdict(_Names)
    for one in left:
        near[districts.get(one.region_id)].add(one)
    used: set[int] = set()
    found: dict[int, Match] = {}
    for row in rows:
        names = near[districts.get(row.region_id)] if row.region_id else _Names()
        match = _by_credit(row, by_credit, used) or _by_name(row, names, used)
        if match is not None:
            found[row.pk] = match
            used.add(match.institution_id)
    return found


def districts_on(day: date) -> dict[int | None, int | None]:
    """The district that each region is, or lies in, on the day."""
    parents = dict(RegionPlacement.objects.on(day).values_list("region_id", "parent_id"))
    levels = dict(Region.objects.values_list("pk", "level"))
    return {region: _district(region, parents, levels) for region in levels}


def _district(region: int, parents: Mapping[int, int], levels: Mapping[int, str]) -> int | None:
    seen: set[int] = set()
    here: int | None = region
    while here is not None and here not in seen:
        if levels.get(here) == RegionLevel.DISTRICT:
            return here
        seen.add(here)
        here = parents.get(here)
    return None


def _by_credit(
    row: UploadRow, by_credit: Mapping[str, InstitutionProfile], used: Collection[int]
) -> Match | None:
    code = row.document.get("credit_code")
    found = by_credit.get(code) if code else None
    if found is None or found.institution_id in used:
        return None
    return _match(found, SAME_CREDIT_CODE)


def _by_name(row: UploadRow, names: _Names, used: Collection[int]) -> Match | None:
    name = plain_name(str(row.document.get("name") or ""))
    scored = [
        (likeness(name, plain_name(one.name)), one)
        for one in names.like(name)
        if one.institution_id not in used
    ]
    best, found = max(scored, key=lambda one: one[0], default=(0, None))
    if found is None or best < ALIKE_PERCENT:
        return None
    return _match(found, SAME_NAME if best == 100 else SIMILAR_NAME)  # noqa: PLR2004


class _Names:
    """The names of one district, found by the pairs of characters they share with another.

    Every name against every other would take minutes for a few thousand of them.
    """

    def __init__(self) -> None:
        self._profiles: list[InstitutionProfile] = []
        self._places: dict[str, list[int]] = defaultdict(list)

    def add(self, profile: InstitutionProfile) -> None:
        place = len(self._profiles)
        self._profiles.append(profile)
        for pair in pairs_of(plain_name(profile.name)):
            self._places[pair].append(place)

    def like(self, name: str) -> list[InstitutionProfile]:
        """The few that share most with the name."""
        shared: Counter[int] = Counter()
        for pair in pairs_of(name):
            shared.update(self._places.get(pair, ()))
        return [self._profiles[place] for place, _ in shared.most_common(LOOKED_AT)]


def pairs_of(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}


def plain_name(name: str) -> str:
    """A name without what offices write now this way, now that: brackets, spaces, widths."""
    return PUNCTUATION.sub("", unicodedata.normalize("NFKC", name)).upper()


def likeness(one: str, other: str) -> int:
    """How alike two plain names are, out of 100."""
    if one == other:
        return 100 if one else 0
    if min(len(one), len(other)) < SHORTEST:
        return 0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    matched = sum(block.size for block in matcher.get_matching_blocks())
    return matched * 200 // (len(one) + len(other))


def _match(profile: InstitutionProfile, why: str) -> Match:
    return Match(profile.institution_id, profile.institution.code, profile.name, why)

"""Which sign-up a new one renews: the person's one before it with the same team (rules.md 10)."""

from __future__ import annotations

from itertools import pairwise

from contracts.imports.signup_deciding import Writes
from contracts.imports.signup_known import Known, Signup

RENEWS = "续签：接 {} 到期的签约，间隔 {} 天"


def link_renewals(writes: Writes, first_own: int) -> dict[int, str]:
    """Let the sign-ups of this import follow those they renew; what to tell of each line.

    Done when a chunk is decided: the order of a sheet's lines does not matter.
    """
    entered = {id(signup) for _, signup in writes.signups}
    told: dict[int, str] = {}
    for known in {known.id: known for known, _ in writes.signups}.values():
        for before, after in _renewals(known, first_own):
            after.renewal_of = before.id
            if id(after) in entered:
                gap = (after.starts_on - before.expires_on).days - 1
                told[after.line] = RENEWS.format(before.expires_on, gap)
            else:
                writes.linked.append(after)
    return told


def _renewals(known: Known, first_own: int) -> list[tuple[Signup, Signup]]:
    if len(known.signups) == 1:
        return []
    renewed = {one.renewal_of for one in known.signups.values()}
    ordered = sorted(known.signups.values(), key=lambda one: one.starts_on)
    return [
        (before, after)
        for before, after in pairwise(ordered)
        if after.id >= first_own
        and after.renewal_of is None
        and before.id not in renewed
        and _may_renew(before, after)
    ]


def _may_renew(before: Signup, after: Signup) -> bool:
    """As renew_signup() has it: not what was ended early, nor what renews by itself."""
    is_over = before.terminated_on is None and not before.auto_renews
    return is_over and before.team_id == after.team_id and before.expires_on < after.starts_on

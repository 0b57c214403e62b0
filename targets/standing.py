"""A target as it stood on a day: a corrected reading is judged from the day of its correction."""

from __future__ import annotations

import copy
from datetime import date

from targets.models import RevisionState, Target


def standing_on(target: Target, day: date) -> Target:
    """The target with the reading that was judged on `day`; its `revisions` are prefetched.

    A corrected number or due day was always meant so and holds for every day; a changed reading
    does not reach back, so that the result of a due day keeps its word for ever.
    """
    later = [
        revision
        for revision in target.revisions.all()
        if revision.state == RevisionState.APPLIED
        and revision.changes_reading
        and revision.decided_on is not None
        and revision.decided_on > day
    ]
    if not later:
        return target
    stood = copy.copy(target)
    stood.judged_reading = min(later, key=lambda revision: revision.pk).reading_before
    return stood

"""The verbs of editions: propose a run, publish what another proposed, or send it back."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max

from targets.editions.canonical import seal
from targets.editions.checking import check
from targets.editions.content import lines_of, targets_on
from targets.editions.paper import archive_edition
from targets.editions.rights import require_proposer, require_publisher
from targets.models import Edition, EditionState, IndicatorRun, RunStatus
from targets.models.editions import EditionQuerySet
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

NONCE_BYTES = 32
NOT_FINISHED = "只有完成的全市量度才能定版；请从列表里选择。"
SAME_PERSON = "定版须由提请人以外的人发布；请另一位市卫健审核来办。"
DECIDED = "这份定版已经发布或退回；请刷新页面。"
OVERTAKEN = "提请以后目标或口径有更正，判定与提请时不同：{parts}。请退回，由经办重新提请。"
NO_ANSWER = "退回的，请写明原因，提请人好照着办。"


def propose_edition(
    *, by: Actor, run: IndicatorRun, title: str, first_day: date, note: str = ""
) -> Edition:
    """Freeze the run under its fingerprint; it is an edition once another person publishes it."""
    require_proposer(by)
    if run.status != RunStatus.DONE or run.is_preview:
        raise ValidationError({"run": NOT_FINISHED})
    nonce = secrets.token_hex(NONCE_BYTES)
    sealed = seal(lines_of(run, nonce, targets_on(run)))
    with recorded(by=by, reason="提请定版"):
        edition = checked_create(
            Edition,
            run=run,
            title=title.strip(),
            first_day=first_day,
            last_day=run.as_of,
            note=note.strip(),
            nonce=nonce,
            fingerprint=sealed.fingerprint,
            digests=sealed.digests,
            proposed_by_id=by.user_id,
            proposed_on=by.day,
        )
    assert isinstance(edition, Edition)
    return edition


def publish_edition(*, by: Actor, edition: Edition, at: datetime) -> Edition:
    """Publish it as the next edition of its period, if it still is what was proposed."""
    require_publisher(by)
    with recorded(by=by, reason="发布定版"):
        locked = _undecided(by, edition)
        found = check(locked)
        if not found.is_identical:
            parts = "；".join(f"{one.title}：{one.text}" for one in found.differences)
            raise ValidationError(OVERTAKEN.format(parts=parts))
        locked.number = _next_number(locked)
        locked.supersedes = _the_one_before(locked)
        _decide(locked, by, EditionState.PUBLISHED)
        archive_edition(by=by, edition=locked, at=at)
    return locked


def return_edition(*, by: Actor, edition: Edition, answer: str) -> None:
    """Send it back to who proposed it, with the reason."""
    require_publisher(by)
    if not answer.strip():
        raise ValidationError({"answer": NO_ANSWER})
    with recorded(by=by, reason=f"退回定版：{answer}"):
        locked = _undecided(by, edition)
        locked.answer = answer.strip()
        _decide(locked, by, EditionState.RETURNED)


def _undecided(by: Actor, edition: Edition) -> Edition:
    """The proposal, held against a second reviewer."""
    locked = Edition.objects.select_for_update().get(pk=edition.pk)
    if locked.state != EditionState.PROPOSED:
        raise ValidationError(DECIDED)
    if locked.proposed_by_id == by.user_id:
        raise ValidationError(SAME_PERSON)
    return locked


def _decide(edition: Edition, by: Actor, state: EditionState) -> None:
    edition.state = state
    edition.decided_by_id, edition.decided_on = by.user_id, by.day
    edition.full_clean()
    edition.save()


def _next_number(edition: Edition) -> int:
    """The next of its period; whoever publishes at the same moment waits for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('targets_edition'), 0)")
    return (_of_period(edition).aggregate(last=Max("number"))["last"] or 0) + 1


def _the_one_before(edition: Edition) -> Edition | None:
    return _of_period(edition).order_by("-number").first()


def _of_period(edition: Edition) -> EditionQuerySet:
    return Edition.objects.published().filter(
        first_day=edition.first_day, last_day=edition.last_day
    )

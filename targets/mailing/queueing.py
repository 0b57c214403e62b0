"""Writing mails into the outbox: a report for whoever asked for it, a warning once per silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from targets.mailing.schedules import KINDS, due_at
from targets.models import MailKind, Paper, ReportMail, ReportSubscription, ReportThreshold
from targets.runs.silence import is_silent, last_finished
from yiyang.changelog.context import SYSTEM, recorded

FREQUENCIES = {kind.value: frequency for frequency, kind in KINDS.items()}
TOLD = ("pk", "uid", "kind", "region_id", "made_at", "content__has_changes", "content__newly_lost")


def make_out(at: datetime) -> int:
    """Write what is missing into the outbox; how many. Two workers at once write each once."""
    mails = [*report_mails(at), *silence_mails(at)]
    if mails:
        with recorded(by=SYSTEM, reason="报告邮件待寄"):
            ReportMail.objects.bulk_create(mails, ignore_conflicts=True)
    return len(mails)


def report_mails(at: datetime) -> list[ReportMail]:
    """The mails of recent reports not written yet, unsaved."""
    since = at - timedelta(days=settings.REPORT_CATCH_UP_DAYS)
    papers = list(Paper.objects.filter(kind__in=FREQUENCIES, made_at__gt=since).values(*TOLD))
    if not papers:
        return []
    held: dict[tuple[str, int], list[ReportSubscription]] = {}
    for one in ReportSubscription.objects.mailed().order_by("pk"):
        held.setdefault((one.frequency, one.region_id), []).append(one)
    written = set(
        ReportMail.objects.filter(paper__in=[paper["pk"] for paper in papers]).values_list(
            "subscription", "paper"
        )
    )
    return [
        _report_mail(one, paper, at)
        for paper in papers
        for one in held.get((FREQUENCIES[paper["kind"]], paper["region_id"]), [])
        if (one.pk, paper["pk"]) not in written and is_wanted(one, paper)
    ]


def is_wanted(subscription: ReportSubscription, paper: dict[str, Any]) -> bool:
    """Whether the subscription asked for this report: made since, and saying enough."""
    if paper["made_at"] < subscription.sends_from:
        return False
    if subscription.threshold == ReportThreshold.CHANGED:
        return bool(paper["content__has_changes"])
    if subscription.threshold == ReportThreshold.WORSE:
        return bool(paper["content__newly_lost"])
    return True


def silence_mails(at: datetime) -> list[ReportMail]:
    """A warning to each address, unless this silence has been told there; unsaved."""
    last = last_finished()
    if last is None or last.finished_at is None or not is_silent(last.finished_at, at):
        return []
    key = f"silence/{last.pk}"
    told = ReportMail.objects.filter(kind=MailKind.SILENCE, key=key)
    waiting = ReportSubscription.objects.mailed().exclude(
        address__in=told.values("subscription__address")
    )
    return [
        ReportMail(subscription=one, kind=MailKind.SILENCE, key=key, made_at=at, due_at=at)
        for one in waiting.order_by("address", "pk").distinct("address")
    ]


def _report_mail(
    subscription: ReportSubscription, paper: dict[str, Any], at: datetime
) -> ReportMail:
    return ReportMail(
        subscription=subscription,
        kind=MailKind.REPORT,
        key=f"paper/{paper['uid']}",
        paper_id=paper["pk"],
        made_at=at,
        due_at=due_at(paper["kind"], paper["made_at"]),
    )

"""The verbs of statistical tables: archive one, enter under which number it is filed."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import PermissionDenied

from institutions.models import Region
from targets.models import IndicatorRun, Paper, PaperKind, TabulationFiling
from targets.papers.archiving import Content, archive, fingerprint_of
from targets.tabulations.catalogue import Tabulation
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create, void


def enter_filing(
    *,
    by: Actor,
    table: Tabulation,
    number: str,
    issuer: str,
    approval: str,
    starts_on: date,
    ends_on: date,
) -> None:
    """Let the table bear this head from the first to the last day. ValidationError on overlap."""
    refuse_unless_keeper(by)
    with recorded(by=by, reason=f"录入统计表备案：{approval}"):
        checked_create(
            TabulationFiling,
            table=table.code,
            number=number,
            issuer=issuer,
            approval=approval,
            starts_on=starts_on,
            ends_on=ends_on,
        )


def archive_table(
    *,
    by: Actor,
    table: Tabulation,
    run: IndicatorRun,
    region: Region,
    content: Content,
    at: datetime,
) -> Paper:
    """Keep the table as it stands now; what says the very same is kept once."""
    if not may_archive(by):
        raise PermissionDenied(FORBIDDEN)
    day = run.as_of
    return archive(
        by=by,
        kind=PaperKind.TABLE,
        key=f"table:{table.code}:{fingerprint_of(content)}",
        region=region,
        title=content["printed"]["headline"],
        first_day=day,
        last_day=day,
        content=content,
        at=at,
        run=run,
    )


def may_archive(actor: Actor) -> bool:
    """Clerks and reviewers of the health commission, who answer for the table."""
    return actor.may(Permission.EDIT_HEALTH) or actor.may(Permission.REVIEW)


def void_filing(*, by: Actor, filing: TabulationFiling, reason: str) -> None:
    """Take a mistaken head back, with the reason. ValidationError without one."""
    refuse_unless_keeper(by)
    void(by=by, fact=filing, reason=reason)


def refuse_unless_keeper(by: Actor) -> None:
    """Only those who keep the policies keep the heads of the tables."""
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)

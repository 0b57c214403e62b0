"""The verbs of the figures an answer uses: add one, take a corrected run, take one back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max

from institutions.models import Region
from targets.indicators.base import Indicator
from targets.models import IndicatorRun, Proposal, ProposalFigure
from targets.models.proposals import MOST_FIGURES
from targets.proposals.actions import DRAFTABLE, NOT_DRAFTING
from targets.proposals.figures import snapshot_in
from targets.proposals.reply import marks_in
from targets.results import latest_run
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create, void

NO_RUN = "{day} 没有量度结果；{near}。"
NO_FIGURE = "{day} 这个区划没有这个口径的数字，或人数太少、不写进文稿；请换一天、换区划或换口径。"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figure is to be told, of which days, in which words."""

    name: str
    indicator: Indicator
    side: str
    region: Region
    day: date
    earlier_day: date | None = None
    since: str = ""


def add_figure(*, by: Actor, proposal: Proposal, wanted: Wanted) -> ProposalFigure:
    """Let the answer use a figure as its next {n}; its days must have been measured."""
    with recorded(by=by, reason="答复引用数字"):
        _open(by, proposal)
        if wanted.day >= by.day:
            raise ValidationError({"day": "统计日须在今天之前：当天还没有过完，没有量度。"})
        run = _run_on(wanted, wanted.day, "day", by.day)
        earlier = _earlier_run(wanted, by.day)
        figure = checked_create(
            ProposalFigure,
            proposal=proposal,
            number=_next_number(proposal),
            name=wanted.name.strip(),
            indicator=wanted.indicator.code,
            reading=wanted.indicator.reading,
            side=wanted.side,
            region=wanted.region,
            run=run,
            earlier_run=earlier,
            since=wanted.since,
        )
    assert isinstance(figure, ProposalFigure)
    return figure


def renew_figure(*, by: Actor, proposal: Proposal, figure: ProposalFigure) -> None:
    """Take the newest runs of the same days: what has been corrected since is used from now on."""
    with recorded(by=by, reason="改用更正后的批次"):
        _open(by, proposal)
        held = ProposalFigure.objects.select_for_update().get(pk=figure.pk)
        held.run = latest_run(on=held.run.as_of) or held.run
        if held.earlier_run is not None:
            held.earlier_run = latest_run(on=held.earlier_run.as_of) or held.earlier_run
        held.full_clean()
        held.save()


def drop_figure(*, by: Actor, proposal: Proposal, figure: ProposalFigure) -> None:
    """Take a figure back; ValidationError while the text still asks for it."""
    with recorded(by=by, reason="答复不再引用"):
        if figure.number in marks_in(_open(by, proposal).reply):
            raise ValidationError(f"正文里还有 {{{figure.number}}}；请先从正文里删去再删这个数字。")
        void(by=by, fact=figure, reason="答复不再引用")


def _earlier_run(wanted: Wanted, today: date) -> IndicatorRun | None:
    if wanted.earlier_day is None:
        if wanted.since:
            raise ValidationError({"earlier_day": "选了对比的说法，请填写对比日期。"})
        return None
    if wanted.earlier_day >= wanted.day:
        raise ValidationError({"earlier_day": "对比日期须早于统计日。"})
    return _run_on(wanted, wanted.earlier_day, "earlier_day", today)


def _run_on(wanted: Wanted, day: date, field: str, today: date) -> IndicatorRun:
    run = latest_run(on=day)
    if run is None:
        raise ValidationError({field: NO_RUN.format(day=day, near=_nearest(day))})
    if snapshot_in(run, wanted.region.pk, wanted.indicator.key, today) is None:
        raise ValidationError({field: NO_FIGURE.format(day=day)})
    return run


def _nearest(day: date) -> str:
    """The measured days before and after, for who asked for one that was not."""
    runs = IndicatorRun.objects.published()
    before = runs.filter(as_of__lt=day).order_by("-as_of").values_list("as_of", flat=True).first()
    after = runs.filter(as_of__gt=day).order_by("as_of").values_list("as_of", flat=True).first()
    near = [str(one) for one in (before, after) if one]
    return f"最近的有 {'、'.join(near)}" if near else "还没有任何一天的"


def _next_number(proposal: Proposal) -> int:
    """The next number, those taken back not used again: an old text may still ask for them."""
    last = ProposalFigure.objects.filter(proposal=proposal).aggregate(last=Max("number"))["last"]
    number = (last or 0) + 1
    if number > MOST_FIGURES:
        raise ValidationError(f"一份答复最多引用 {MOST_FIGURES} 个数字。")
    return number


def _open(by: Actor, proposal: Proposal) -> Proposal:
    """The proposal, held against a second writer, while its answer may still be changed."""
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)
    held = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state not in DRAFTABLE:
        raise ValidationError(NOT_DRAFTING)
    return held

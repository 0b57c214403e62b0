"""Which kinds of paper there are: what each says, when it is made, where the last one is."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from targets.models import Paper, PaperKind
from targets.papers.forms import forms_of, kinds_printed
from yiyang.access.scope import Actor

PERIODS = {
    PaperKind.NIGHTLY: "每天",
    PaperKind.WEEKLY: "每周日的量度之后",
    PaperKind.MONTHLY: "每月最后一天的量度之后",
    PaperKind.QUARTERLY: "每季最后一天的量度之后",
    PaperKind.YEARLY: "12 月 31 日的量度之后",
}
BY_HAND = "办结时归档"
SWITCHED_OFF = "没有列入成稿安排（REPORT_SCHEDULES）"
ABOUT = {
    PaperKind.NIGHTLY: "达标、落后与新增未达标，还差几家，将到期的，数据问题；与上次及各同日比。",
    PaperKind.WEEKLY: "同日报，先与上周同日相比。",
    PaperKind.MONTHLY: "同日报，先与上月末相比。",
    PaperKind.QUARTERLY: "同日报，先与上季末相比。",
    PaperKind.YEARLY: "同日报，先与上年末相比。",
    PaperKind.BULLETIN: "向各区、各部门通报进展的公文，经办、科室负责人、分管领导、签发四步办成。",
    PaperKind.TABLE: "按区划列的统计表，数都来自一次量度；没有批准文号的标内部工作表。",
    PaperKind.RETURN: "各区填报、审核、汇总、锁定后公布的季度监测表，更正另成新版。",
    PaperKind.EDITION: "冻结一次量度作为正式公布的数，带指纹；其后的更正逐条列出。",
    PaperKind.PROPOSAL: "人大建议、政协提案的答复，所引各数注明批次。",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One kind of paper, with how many of them the actor may open and the newest of those."""

    kind: PaperKind
    about: str
    occasion: str
    files: str
    count: int
    newest: Paper | None


def catalogue_for(actor: Actor) -> list[Entry]:
    """Every kind, in its order; two queries however many papers there are."""
    seen = Paper.objects.visible_to(actor)
    counts = seen.order_by().values("kind").annotate(count=Count("pk"))
    totals: dict[str, int] = dict(counts.values_list("kind", "count"))
    # 同一天的先取上级区划的：代码小。
    last = seen.order_by("kind", "-last_day", "region__code", "-pk").distinct("kind")
    newest = {paper.kind: paper for paper in last.defer("content")}
    return [
        _entry(kind, totals.get(kind.value, 0), newest.get(kind.value)) for kind in kinds_printed()
    ]


def _entry(kind: PaperKind, count: int, newest: Paper | None) -> Entry:
    return Entry(
        kind=kind,
        about=ABOUT[kind],
        occasion=_occasion(kind),
        files="、".join(form.title for form in forms_of(kind).forms),
        count=count,
        newest=newest,
    )


def _occasion(kind: PaperKind) -> str:
    if kind not in PERIODS:
        return BY_HAND
    hour = settings.REPORT_SCHEDULES.get(kind.value)
    return SWITCHED_OFF if hour is None else f"{PERIODS[kind]}，{hour} 点起寄给订阅的人"

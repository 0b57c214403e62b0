"""What a bulletin tells, computed once from its run: plain texts, to be printed again any time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.conf import settings

from institutions.models import Region
from targets.bulletins.chosen import cited, has_number
from targets.charts.chart import Chart, Kind, Row, Value
from targets.charts.content import content_of
from targets.explain.ranking import HIGHER_IS_BETTER
from targets.gap.candidates import candidates_of, permission_to_name
from targets.indicators.calculation import Reason, Tree, value_of
from targets.indicators.guarding import counts_people
from targets.models import IndicatorRun, IndicatorSnapshot, PolicyDocument, Target
from targets.models.policies import Confirmation
from targets.nightly.spans import Span, matching_day
from targets.papers.naming import name_key, names_of
from targets.papers.reader import paper_reader
from targets.papers.sentences import Change, Since
from targets.presenters import fraction_text, present, threshold_text, tone_of, value_text
from targets.regions import columns_of
from targets.results import TargetLine, figure_of, latest_run, target_lines
from targets.snapshots import tree_of
from targets.tables.due import DueLines, due_lines
from targets.tables.footnotes import footnotes_of
from yiyang.access.scope import Actor
from yiyang.lib.demo import demo_mark

Content = dict[str, Any]
CANDIDATES_NAMED = 10
# 与表里的百分数一样的小数位数：同一句里不出现两种写法。
PLACES = 2
YEAR_END = (12, 31)
# 上报不足、分子大于分母的不排名次：拿不作数的数排名不公道。
UNSOUND = (Reason.THIN, Reason.OVER_ONE)


def content_for(run: IndicatorRun, region: Region, targets: Sequence[Target]) -> Content:
    """The content of a bulletin about `region`: judged readings, gaps, districts, charts, notes."""
    return _Telling(run, region, targets).content()


def day_text(day: date) -> str:
    """2020年9月30日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


class _Telling:
    """One run told about one region to the reader of papers."""

    def __init__(self, run: IndicatorRun, region: Region, targets: Sequence[Target]) -> None:
        self.run, self.region, self.targets = run, region, targets
        self.reader: Actor = paper_reader(run.as_of)
        self.tree: Tree = tree_of(run)
        self.regions = columns_of(run, region)
        self.below_name = "各区" if region.code == settings.PORTAL_REGION else "各街道（镇）"
        self.policies = list({target.policy_id: target.policy for target in targets}.values())
        lines = target_lines(run, self.regions, targets, actor=self.reader)
        self.judged = [line for line in lines if line.is_judged]
        self.own = [line for line in self.judged if line.region.pk == region.pk]
        self.names = names_of(self.own)
        self.due: DueLines = due_lines(targets, self.regions, until=run.as_of, actor=self.reader)
        self.before = self._figures_a_year_before()
        # 机构登记在街道、社区；通报发给各区，说的是哪个区的。
        self.parts = {
            leaf: one.name for one in self.regions[1:] for leaf in self.tree.below(one.pk)
        }

    def content(self) -> Content:
        own = self.own
        below = [self._below(line.target.pk) for line in own]
        return {
            "region": self.region.name,
            "below": self.below_name,
            "as_of": self.run.as_of.isoformat(),
            "day": day_text(self.run.as_of),
            "run": self.run.pk,
            "policies": [cited(one) for one in self.policies],
            "unconfirmed": self._unconfirmed(),
            "lines": [self._line(line) for line in own],
            "districts": [self._district(line) for lines in below for line in lines],
            "gaps": list(self._gaps(own)),
            "ranking": [
                _ranking(self._name(lines[0]), ranked, lines)
                for lines in below
                if lines and (ranked := _ranked(lines))
            ],
            "charts": [
                content_of(_chart(self._name(line), line, lines, self.below_name))
                for line, lines in zip(own, below, strict=True)
                if lines and line.indicator.is_ratio
            ],
            "notes": list(footnotes_of(self.run)),
        }

    def _below(self, target: int) -> list[TargetLine]:
        return [
            line
            for line in self.judged
            if line.target.pk == target and line.region.pk != self.region.pk
        ]

    def _unconfirmed(self) -> list[str]:
        """The policies of which the document or a target told of here is still 待核实."""
        waiting = {
            target.policy_id
            for target in self.targets
            if Confirmation.UNCONFIRMED in (target.confirmation, target.policy.confirmation)
        }
        return [cited(one) for one in self.policies if one.pk in waiting]

    def _name(self, line: TargetLine) -> str:
        return self.names.get(name_key(line), line.indicator.title)

    def _line(self, line: TargetLine) -> Content:
        shown = present(line)
        due = self.due.get((line.target.pk, line.region.pk, line.indicator.reading))
        return {
            "title": self._name(line),
            "reading": line.indicator.reading_title,
            "policy": _short(line.target.policy),
            "clause": line.target.clause.reference,
            "wording": line.target.wording,
            "value": shown.value,
            "fraction": shown.fraction,
            "counted": _counted(line),
            "threshold": shown.threshold,
            "until": _until(line),
            "word": shown.word,
            "note": shown.note,
            "gap": shown.gap,
            "asides": "，".join(shown.asides),
            "is_historical": line.is_historical,
            "due": day_text(line.target.due_on) if line.target.due_on else "",
            "due_result": _due_text(due) if due and due.run.pk != line.run.pk else "",
            "change": self._change(line),
        }

    def _district(self, line: TargetLine) -> Content:
        shown = present(line)
        return {
            "title": self._name(line),
            "region": line.region.name,
            "value": shown.value,
            "fraction": shown.fraction,
            "threshold": shown.threshold,
            "word": shown.word,
            "note": shown.note,
            "gap": shown.gap,
        }

    def _change(self, line: TargetLine) -> str:
        """The figure against the one a year before, as an office says it; empty without one."""
        earlier = self.before.get(line.indicator.key)
        if earlier is None or line.value is None:
            return ""
        before = value_of(figure_of(earlier), is_ratio=line.indicator.is_ratio)
        if before is None:
            return ""
        change = Change(
            before,
            line.value,
            unit=line.indicator.measure,
            is_ratio=line.indicator.is_ratio,
            places=PLACES,
        )
        return change.clause(Since.LAST_YEAR)

    def _figures_a_year_before(self) -> dict[tuple[str, str], IndicatorSnapshot]:
        earlier = latest_run(on=matching_day(self.run.as_of, Span.YEAR))
        if earlier is None:
            return {}
        stored = IndicatorSnapshot.objects.filter(run=earlier, region=self.region)
        return {(one.indicator, one.reading): one for one in stored.visible_to(self.reader)}

    def _gaps(self, own: Sequence[TargetLine]) -> Iterator[Content]:
        for line in own:
            shown = present(line)
            if not shown.gap:
                continue
            behind = [
                f"{one.region.name}{gap}"
                for one in self._below(line.target.pk)
                if (gap := present(one).gap)
            ]
            yield {
                "title": self._name(line),
                "code": line.indicator.code,
                "value": shown.value,
                "threshold": shown.threshold,
                "until": _until(line),
                "gap": shown.gap,
                "districts": behind,
                **self._nearest(line),
            }

    def _nearest(self, line: TargetLine) -> Content:
        """The nearest institutions by name; of people not even a list (rules.md 26)."""
        may_name = self.reader.may(permission_to_name(line.indicator))
        if counts_people(line.indicator) or not may_name:
            return {"candidates": [], "more": 0}
        every = candidates_of(
            line.indicator,
            day=self.run.as_of,
            region=self.region.pk,
            tree=self.tree,
            actor=self.reader,
        )
        found = [one for one in every if one.is_worth_asking]
        return {
            "candidates": [
                {
                    "name": one.name,
                    "region": self.parts.get(one.region_id or 0, one.region),
                    "lacks": "；".join(one.lacks).replace(" ", ""),
                }
                for one in found[:CANDIDATES_NAMED]
            ],
            "more": max(0, len(found) - CANDIDATES_NAMED),
        }


def _due_text(due: TargetLine) -> str:
    value = value_text(due.figure, due.indicator)
    return f"到期日{day_text(due.run.as_of)}为{value}，{tone_of(due.judgement).word}"


def _short(policy: PolicyDocument) -> str:
    return policy.number if has_number(policy) else policy.title.replace(" ", "")


def _counted(line: TargetLine) -> str:
    """What a share is of, to be read aloud: "91家中有88家"; the bare fraction if it is over one."""
    figure, measure = line.figure, line.indicator.measure
    top, bottom = figure.numerator, figure.denominator
    if not line.indicator.is_ratio or not bottom or top is None or top > bottom:
        return fraction_text(figure, line.indicator)
    return f"{bottom}{measure}中有{top}{measure}"


def _until(line: TargetLine) -> str:
    """By when a target that is not due yet is to be reached: "2035年"; empty for the others."""
    due_on = line.target.due_on
    if due_on is None or line.judgement.reason is not Reason.NOT_DUE:
        return ""
    return f"{due_on.year}年" if (due_on.month, due_on.day) == YEAR_END else day_text(due_on)


def _ranked(lines: Sequence[TargetLine]) -> list[tuple[int, TargetLine]]:
    """Places by exact value, equal ones sharing a place; without sound data there is none."""
    sign = -1 if lines[0].indicator.direction == HIGHER_IS_BETTER else 1
    known = [
        (line.value * sign, line)
        for line in lines
        if line.value is not None and line.judgement.reason not in UNSOUND
    ]
    known.sort(key=lambda pair: pair[0])
    values = [value for value, _ in known]
    return [(values.index(value) + 1, line) for value, line in known]


def _ranking(
    name: str, ranked: Sequence[tuple[int, TargetLine]], lines: Sequence[TargetLine]
) -> Content:
    return {
        "title": name,
        "left_out": [one.region.name for one in lines if one.judgement.reason in UNSOUND],
        "rows": [
            {
                "place": place,
                "region": line.region.name,
                "value": value_text(line.figure, line.indicator),
            }
            for place, line in ranked
        ],
    }


def _chart(name: str, line: TargetLine, below: Sequence[TargetLine], below_name: str) -> Chart:
    """The districts as bars against the target, drawn from the same lines as the table."""
    run = line.run
    goal = line.goal.threshold if not line.is_historical else None
    return Chart(
        kind=Kind.BARS,
        title=f"{below_name}{name}",
        unit="%",
        heading="区划",
        series=(line.indicator.title,),
        rows=tuple(_bar(one, goal) for one in below),
        source=f"来源：量度批次 {run.pk}，统计日 {run.as_of}。",
        is_ratio=True,
        mark=demo_mark(),
    )


def _bar(line: TargetLine, goal: Fraction | None) -> Row:
    shown = present(line)
    return Row(
        label=line.region.name,
        values=(Value(value_text(line.figure, line.indicator), line.value),),
        goal=None if goal is None else Value(threshold_text(line.target, line.indicator), goal),
        word=shown.word if not line.is_historical else "",
        tone=shown.tone.colour if not line.is_historical else "",
    )

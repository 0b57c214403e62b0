"""The forms that correct what a policy says: steps of several targets, notes, a task."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from targets.forms.fields import EARLIEST, LATEST, OUT_OF_RANGE, long_text_field, text_field
from targets.forms.policies import TaskForm
from targets.indicators.catalogue import readings_of
from targets.models import Target
from targets.policies.thresholds import NotAThreshold, parse_number
from targets.presenters import threshold_number

MOST_DAYS = 12
BETWEEN_DAYS = re.compile(r"[、，,；;\s]+")
YEAR = re.compile(r"\d{4}", re.ASCII)
REASON_HELP = "记入更正记录；阶段目标的更正印在目标表的脚注里，请写明出处。"


class DaysForm(forms.Form):
    """The years or days that all targets shall have steps on."""

    days = text_field(
        "节点年份或日期", 200, "如：2025、2027；只写年份的是当年 12 月 31 日。", required=False
    )

    def clean_days(self) -> list[date]:
        days = {_day(text) for text in BETWEEN_DAYS.split(self.cleaned_data["days"]) if text}
        if len(days) > MOST_DAYS:
            raise forms.ValidationError(f"最多 {MOST_DAYS} 个节点，现有 {len(days)} 个。")
        return sorted(days)


class StepsForm(forms.Form):
    """One number for each target and day; an empty one is no step."""

    def __init__(
        self,
        *args: Any,
        targets: Sequence[Target],
        days: Sequence[date],
        is_published: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.targets, self.days = targets, days
        for target in targets:
            first = readings_of(target.indicator)[0]
            held = {step.due_on: step.threshold for step in target.milestones.all()}
            for day in self._days_of(target, held):
                shown = threshold_number(held[day], first) if day in held else ""
                field = text_field(f"{target.wording}，{day}", 20, required=False)
                field.initial = shown
                self.fields[_cell(target, day)] = field
        if is_published:
            self.fields["reason"] = text_field("更正的原因与依据", 300, REASON_HELP)

    def _days_of(self, target: Target, held: Collection[date]) -> list[date]:
        """The days a step towards the target may lie on, and those it has already."""
        last = target.due_on or date.max
        return [day for day in self.days if target.policy.signed_on <= day <= last or day in held]

    @property
    def rows(self) -> list[tuple[Target, list[BoundField | None]]]:
        """The grid: each target with its cells in the order of the days, none where none may be."""
        return [(one, [self._cell_of(one, day) for day in self.days]) for one in self.targets]

    def _cell_of(self, target: Target, day: date) -> BoundField | None:
        name = _cell(target, day)
        return self[name] if name in self.fields else None

    @property
    def steps(self) -> dict[Target, list[tuple[date, Decimal]]]:
        """The steps typed, by target."""
        return {
            target: [
                (day, number)
                for day in self.days
                if (number := self.cleaned_data.get(_cell(target, day))) is not None
            ]
            for target in self.targets
        }

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for target in self.targets:
            first = readings_of(target.indicator)[0]
            for day in self.days:
                name = _cell(target, day)
                if name not in self.fields:
                    continue
                text = cleaned.get(name, "").strip()
                try:
                    number = parse_number(text, is_ratio=first.is_ratio) if text else None
                except NotAThreshold as error:
                    self.add_error(name, str(error))
                else:
                    cleaned[name] = number
        return cleaned


class NotesForm(forms.Form):
    """How the document and each target were read."""

    def __init__(self, *args: Any, targets: Sequence[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = targets
        self.fields["source_note"] = long_text_field("来源与校勘说明", 4000, required=False)
        for target in targets:
            field = long_text_field(f"口径说明：{target.wording}", 300, required=False)
            field.initial = target.note
            self.fields[f"note-{target.position}"] = field
        self.fields["reason"] = text_field("更正的原因与依据", 200)

    @property
    def notes(self) -> dict[Target, str]:
        return {target: self.cleaned_data[f"note-{target.position}"] for target in self.targets}


class TaskCorrectionForm(TaskForm):
    """A task of a published policy, and why it is corrected."""

    reason = text_field("更正的原因与依据", 200)


def _cell(target: Target, day: date) -> str:
    return f"step-{target.position}-{day:%Y%m%d}"


def _day(text: str) -> date:
    try:
        day = date(int(text), 12, 31) if YEAR.fullmatch(text) else date.fromisoformat(text)
    except ValueError as error:
        raise forms.ValidationError(
            f"“{text[:12]}”不是年份或日期；请写成 2025 或 2025-06-30。"
        ) from error
    if not EARLIEST <= day <= LATEST:
        raise forms.ValidationError(OUT_OF_RANGE)
    return day

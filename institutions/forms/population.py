"""The form of a published head count."""

from __future__ import annotations

from datetime import date

from django import forms

from institutions.forms.facts import FOUNDING_YEAR
from institutions.forms.fields import of
from institutions.forms.pickers import ActorForm, RegionField
from institutions.models import Population


class PopulationForm(ActorForm):
    """How many people of a group, where, on which day, by which source."""

    region = RegionField(label="区划")
    group = of(Population, "group")
    basis = of(Population, "basis")
    counted_on = of(Population, "counted_on")
    people = of(Population, "people")
    source = of(Population, "source", help_text="公报或文件的名称、文号。")

    def clean_counted_on(self) -> date:
        day: date = self.cleaned_data["counted_on"]
        if day.year < FOUNDING_YEAR or day > self.actor.day:
            raise forms.ValidationError("统计时点不能晚于今天，也不能早于 1949 年。")
        return day

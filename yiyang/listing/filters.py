"""What the filters of every list share: the day they speak of, and how they are put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from yiyang.access.http import ActorRequest
from yiyang.access.scope import Actor

NOT_OFFERED = "请从列表里选择；区划须在您的授权范围内。"
DAY_MESSAGE = "日期请写成 2027-03-01 这样，在 2000 年至 2100 年之间。"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
LONGEST_SEARCH = 60
Choices = Iterable[tuple[Any, Any]]


def choice(label: str, choices: Choices, *, method: str = "", field: str = "") -> ChoiceFilter:
    """One value of a list; `method` names the filter's own method, `field` a plain column."""
    return ChoiceFilter(
        label=label,
        choices=list(choices),
        method=method or None,
        field_name=field or None,
        empty_label="全部",
        error_messages={"invalid_choice": NOT_OFFERED},
    )


def offered(label: str, *, method: str) -> ChoiceFilter:
    """One of what the list's filter offers this actor, filled in by `offer`."""
    return ChoiceFilter(
        label=label,
        method=method,
        empty_label="全部",
        error_messages={"invalid_choice": f"请从列表里选择{label}。"},
    )


def a_day(label: str, *, method: str = "", field: str = "", lookup: str = "exact") -> DateFilter:
    """A day between 2000 and 2100, so that no reckoning with it leaves the calendar."""
    return DateFilter(
        label=label,
        method=method or None,
        field_name=field or None,
        lookup_expr=lookup,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(FIRST_DAY, DAY_MESSAGE),
            MaxValueValidator(LAST_DAY, DAY_MESSAGE),
        ],
        error_messages={"invalid": DAY_MESSAGE},
    )


def search(label: str, hint: str) -> CharFilter:
    """The search box; the filter's own method `by_search` says where it looks."""
    return CharFilter(
        label=label,
        method="by_search",
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"placeholder": hint, "type": "search"}),
        error_messages={"max_length": f"查找的字数不超过 {LONGEST_SEARCH}。"},
    )


class ListFilter(FilterSet):  # type: ignore[misc]
    """The filters of a list; the day is asked for like any other filter, and defaults to today.

    A list whose rows keep no dates of their own (`is_dated` false) is always of today.
    """

    is_dated: ClassVar[bool] = True
    as_of = a_day("统计日", method="on_the_day")

    def __init__(
        self,
        data: QueryDict,
        *,
        request: ActorRequest,
        rows: Callable[[Actor, date], QuerySet[Any]],
        any_region: bool = False,
    ) -> None:
        # 页面的下拉框只列区与街道；接口写代码，哪一级都可以。
        self.any_region = any_region
        self.day = (self._asked_day(data) if self.is_dated else None) or request.actor.day
        super().__init__(data, queryset=rows(request.actor, self.day), request=request)
        if self.is_dated:
            self.filters.move_to_end("as_of")
        else:
            del self.filters["as_of"]

    @property
    def actor(self) -> Actor:
        actor: Actor = self.request.actor
        return actor

    def offer(self, name: str, choices: Choices) -> None:
        """Fill an `offered` filter with what this actor may choose on this day."""
        self.filters[name].extra["choices"] = list(choices)

    def on_the_day(self, queryset: QuerySet[Any], name: str, value: date) -> QuerySet[Any]:
        """The day is already in the rows and in every other filter."""
        return queryset

    @property
    def words(self) -> str:
        """What is filtered by, as a clerk would say it; empty for the whole register."""
        chosen = self.form.cleaned_data
        return "；".join(
            f"{field.label}：{_word(field, chosen[name])}"
            for name, field in self.form.fields.items()
            if chosen.get(name)
        )

    @property
    def query(self) -> QueryDict:
        """The filters in force, as the parameters of an address."""
        asked = QueryDict(mutable=True)
        for name in self.form.fields:
            if self.data.get(name):
                asked[name] = self.data[name]
        return asked

    def _asked_day(self, data: QueryDict) -> date | None:
        """The day asked for; one that is none is told by the form with the other errors."""
        try:
            day: date | None = self.base_filters["as_of"].field.clean(data.get("as_of", ""))
        except ValidationError:
            return None
        return day


def _word(field: forms.Field, value: Any) -> str:
    if isinstance(value, Model):
        return str(value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(_flat(field.choices)).get(value, value))
    return str(value)


def _flat(choices: Any) -> list[tuple[str, Any]]:
    """Each value with its label, groups opened."""
    flat: list[tuple[str, Any]] = []
    for value, label in choices:
        flat += _flat(label) if isinstance(label, list | tuple) else [(str(value), label)]
    return flat

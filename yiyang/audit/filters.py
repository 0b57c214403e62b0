"""What the audit can be searched by: the page and its file read the same filters."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.timezone import make_aware
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet

from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.models import SUBJECT_PATTERN, AuditEvent, AuditEventQuerySet

DAY_MESSAGE = "日期请写成 2027-03-01。"
# 查询条件自己也进审计，所以每一栏都只收写得规矩的字，姓名写不进来。
SUBJECT_MESSAGE = "对象请写成“表名:编号”，人写 person:档案编号。"
ACCOUNT_MESSAGE = "账号请写用户名：小写字母、数字、点、横线、下划线。"
REQUEST_MESSAGE = "请求编号是 32 位十六进制数。"


def day(label: str, method: str) -> DateFilter:
    return DateFilter(
        label=label,
        method=method,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": DAY_MESSAGE},
    )


def choice(label: str, choices: list[tuple[str, Any]]) -> ChoiceFilter:
    return ChoiceFilter(
        label=label,
        choices=choices,
        empty_label="全部",
        error_messages={"invalid_choice": f"请从列表里选择{label}。"},
    )


class PatternFilter(CharFilter):  # type: ignore[misc]
    """Text of one form only."""

    field_class = forms.RegexField


def pattern(label: str, regex: str, message: str, method: str | None = None) -> PatternFilter:
    errors = {"invalid": message, "max_length": message}
    return PatternFilter(
        label=label, regex=regex, method=method, max_length=150, error_messages=errors
    )


class AuditEventFilter(FilterSet):  # type: ignore[misc]
    """Days, account, kind, outcome, subject and request of the events."""

    first = day("从", "from_day")
    last = day("到", "to_day")
    account = pattern("账号", r"^[a-z][a-z0-9._-]{2,63}$", ACCOUNT_MESSAGE, "by_account")
    kind = choice("事项", EventKind.choices)
    outcome = choice("结果", Outcome.choices)
    subject = pattern("对象", SUBJECT_PATTERN, SUBJECT_MESSAGE, "by_subject")
    request_id = pattern("请求编号", r"^[0-9a-f]{32}$", REQUEST_MESSAGE)

    class Meta:
        model = AuditEvent
        fields = ("first", "last", "account", "kind", "outcome", "subject", "request_id")

    def from_day(self, events: AuditEventQuerySet, name: str, value: date) -> AuditEventQuerySet:
        return events.since(_start_of(value))

    def to_day(self, events: AuditEventQuerySet, name: str, value: date) -> AuditEventQuerySet:
        """Keep what happened up to the end of the day."""
        if value == date.max:
            return events
        return events.before(_start_of(value + timedelta(days=1)))

    def by_account(self, events: AuditEventQuerySet, name: str, value: str) -> AuditEventQuerySet:
        return events.of_account(value)

    def by_subject(self, events: AuditEventQuerySet, name: str, value: str) -> AuditEventQuerySet:
        return events.about(value)

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for, as the audit keeps it."""
        return {name: str(value) for name, value in self.form.cleaned_data.items() if value}


def _start_of(value: date) -> datetime:
    return make_aware(datetime.combine(value, time()))

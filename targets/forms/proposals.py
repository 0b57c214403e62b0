"""The forms of 建议提案: register one, write its answer, use a figure, take a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from institutions.models import Region
from targets.forms.fields import offer, offer_steps
from targets.indicators.catalogue import BY_KEY, CATALOGUE
from targets.models import (
    Bureau,
    FigureSide,
    ProposalKind,
    ProposalResult,
    ProposalVerb,
    ProposerKind,
    Satisfaction,
)
from targets.models.proposals import LONGEST_REPLY, LONGEST_TEXT
from targets.papers.sentences import Since
from targets.proposals.actions import Registration, StepSaid
from targets.proposals.actions_figures import Wanted
from targets.proposals.clock import TERM_MONTHS, due_from
from yiyang.holidays.forms import day_field

FIRST_YEAR, LAST_YEAR = 2000, 2100
SIDE_UNNAMED = "只取分子或分母的，不能用指标名称；请写明是什么，如：全市开通绿色通道的机构。"
NO_PERSONS = "写机构与事项，不写老年人姓名、证件号、电话。"
Choices = Sequence[tuple[Any, Any]]


def words(label: str, longest: int, *, help_text: str = "", rows: int = 0) -> forms.CharField:
    """A text with its two refusals in words; `rows` makes it a box."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(
        label=label,
        max_length=longest,
        help_text=help_text,
        widget=widget,
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多 {longest} 字。",
        },
    )


def one_of(label: str, choices: Choices = (), *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        error_messages=dict.fromkeys(("required", "invalid_choice"), f"请从列表里选择{label}。"),
    )


def _optional(field: forms.Field) -> forms.Field:
    field.required = False
    return field


class ProposalForm(forms.Form):
    """What is registered of a proposal."""

    kind = one_of("类别", ProposalKind.choices)
    year = forms.IntegerField(
        label="年度",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            f"请填写 {FIRST_YEAR} 至 {LAST_YEAR} 的年份。",
        ),
    )
    number = words("编号", 30, help_text="照交办单写，如：第12号。")
    title = words("案由", 100)
    proposer_kind = one_of("提出者类别", ProposerKind.choices)
    proposer = words(
        "提出者",
        60,
        help_text="代表团、党派、界别的名称；个人提出的写“某某代表”“某某委员”，不写电话、地址。",
    )
    wording = _optional(words("建议要点", LONGEST_TEXT, help_text=NO_PERSONS, rows=4))
    assigned_on = day_field("交办日期")
    due_by = day_field(
        "答复期限", f"不填按交办之日起 {TERM_MONTHS} 个月；逢休息日顺延。", required=False
    )
    lead = one_of("承办单位")
    assistants = forms.MultipleChoiceField(
        label="会办单位",
        required=False,
        help_text="可多选；没有的不选。",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从列表里选择会办单位。"},
    )

    def __init__(self, *args: Any, bureaus: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "lead", [("", "请选择"), *bureaus])
        offer(self, "assistants", bureaus)

    def registration(self) -> tuple[Registration, list[Bureau]]:
        """What was entered, as the action takes it."""
        entered: dict[str, Any] = dict(self.cleaned_data)
        chosen = [int(pk) for pk in entered.pop("assistants")]
        entered["lead"] = Bureau.objects.get(pk=int(entered["lead"]))
        entered["due_by"] = entered["due_by"] or due_from(entered["assigned_on"])
        return Registration(**entered), list(Bureau.objects.filter(pk__in=chosen).order_by("pk"))


class ReplyForm(forms.Form):
    """The text of the answer and its class."""

    reply = words(
        "答复正文",
        LONGEST_REPLY,
        help_text=f"一行一段；要用数字的地方写 {{1}}、{{2}}，成稿时换成句子。{NO_PERSONS}",
        rows=16,
    )
    result = one_of("办理结果", [("", "请选择"), *ProposalResult.choices])


class FigureForm(forms.Form):
    """Which figure, of which days, in which words."""

    indicator = one_of("指标与口径")
    side = one_of("取数", FigureSide.choices)
    region = one_of("区划")
    day = day_field("统计日", "须有当天的量度结果。")
    earlier_day = day_field("对比日期", "不比较的不填。", required=False)
    since = one_of(
        "对比的说法", [("", "不写"), *((one.name, f"比{one}") for one in Since)], required=False
    )
    name = _optional(
        words("写作", 60, help_text="句子的主语，如：全市医养结合机构；取指标值的可以不填。")
    )

    def __init__(self, *args: Any, regions: Mapping[str, Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = regions
        offer(self, "indicator", [("", "请选择"), *reading_choices()])
        offer(self, "region", [(code, one.name) for code, one in regions.items()])

    def clean(self) -> dict[str, Any]:
        """One side of a share is no share: it cannot go by the indicator's name."""
        entered: dict[str, Any] = super().clean() or {}
        is_side = entered.get("side") in (FigureSide.NUMERATOR, FigureSide.DENOMINATOR)
        code, _, reading = entered.get("indicator", "").partition("/")
        if is_side and not entered.get("name") and code and BY_KEY[code, reading].is_ratio:
            self.add_error("name", SIDE_UNNAMED)
        return entered

    def wanted(self) -> Wanted:
        """What was entered, as the action takes it."""
        entered = self.cleaned_data
        code, _, reading = entered["indicator"].partition("/")
        indicator, region = BY_KEY[code, reading], self.regions[entered["region"]]
        return Wanted(
            name=entered["name"] or f"{region.name}{indicator.title}",
            indicator=indicator,
            side=entered["side"],
            region=region,
            day=entered["day"],
            earlier_day=entered["earlier_day"],
            since=entered["since"],
        )


def reading_choices() -> list[tuple[str, str]]:
    """Every reading of the catalogue, in its order."""
    return [
        (f"{one.code}/{one.reading}", f"{one.code} {one.title}（{one.reading_title}）")
        for one in CATALOGUE
    ]


class ProposalStepForm(forms.Form):
    """One of the steps that may be taken now, with what some of them need beside it."""

    verb = forms.ChoiceField(label="办理")
    extended_to = day_field("延期到", "只在延期时填。", required=False)
    satisfaction = one_of(
        "满意度", [("", "只在登记满意度时选"), *Satisfaction.choices], required=False
    )
    letter = _optional(words("复函文号", 60, help_text="只在答复时填；还没有的不填。"))
    text = _optional(words("情况或原因", LONGEST_TEXT, help_text=NO_PERSONS, rows=4))

    def __init__(self, *args: Any, verbs: Sequence[ProposalVerb], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_steps(self, "verb", verbs)
        needed = {
            "extended_to": ProposalVerb.EXTEND,
            "satisfaction": ProposalVerb.JUDGE,
            "letter": ProposalVerb.ANSWER,
        }
        for name, verb in needed.items():
            if verb not in verbs:
                del self.fields[name]

    def said(self) -> StepSaid:
        """What was entered, as the action takes it."""
        entered = self.cleaned_data
        extended_to: date | None = entered.get("extended_to")
        return StepSaid(
            text=entered["text"],
            extended_to=extended_to,
            satisfaction=entered.get("satisfaction", ""),
            letter=entered.get("letter", ""),
        )

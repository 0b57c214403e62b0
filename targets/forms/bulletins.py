"""The forms of 通报: begin one, edit its words, take a step, send in a template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from institutions.models import Region
from targets.bulletins.actions import LONGEST_NAME
from targets.bulletins.chosen import NONE_CHOSEN, offered_targets
from targets.bulletins.docx_file import MAX_FILE, MEGABYTE
from targets.bureau_names import official_names
from targets.forms.fields import offer, offer_steps
from targets.models import BulletinVerb
from targets.models.bulletins import HISTORICAL, LONGEST_PARAGRAPHS, LONGEST_SAID, LONGEST_TITLE
from targets.supervision.undertakers import districts
from yiyang.holidays.forms import day_field

LONGEST_ADDRESSEE = 300
LARGEST_ID = 2**63 - 1
TITLE_HELP = f"所选目标的政策在统计日已经失效的，标题须写明“{HISTORICAL}”。"
NO_PERSONS = "写机构与事项，不写老年人姓名、证件号。"
HEADINGS_HELP = "一行一段；以“（一）”“1.”“（1）”开头、没有句号的行是小标题。"


def _title() -> forms.CharField:
    return forms.CharField(
        label="标题",
        max_length=LONGEST_TITLE,
        help_text=TITLE_HELP,
        error_messages={
            "required": "请填写标题。",
            "max_length": f"标题最多 {LONGEST_TITLE} 字。",
        },
    )


def _addressee() -> forms.CharField:
    return forms.CharField(
        label="主送",
        max_length=LONGEST_ADDRESSEE,
        help_text="部门写当前的全称，几个之间用顿号或逗号。",
        error_messages={
            "required": "请填写主送。",
            "max_length": f"主送最多 {LONGEST_ADDRESSEE} 字。",
        },
    )


class BulletinForm(forms.Form):
    """What a bulletin is about."""

    as_of = day_field("统计日", "须是已有量度结果的一天。")
    region = forms.ChoiceField(label="区划")
    title = _title()
    addressee = _addressee()
    copied_to = forms.MultipleChoiceField(
        label="抄送", required=False, widget=forms.CheckboxSelectMultiple
    )
    targets = forms.MultipleChoiceField(
        label="通报哪些目标",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NONE_CHOSEN},
    )
    with_ranking = forms.BooleanField(
        label="写各区排名", required=False, help_text="默认不排名；要排名的，请先请示。"
    )
    feedback_by = day_field(
        "反馈期限", "要求各区反馈整改情况的，填最后一天；不要求的不填。", required=False
    )

    def __init__(self, *args: Any, day: date, as_of: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offers: dict[str, Any] = {
            "region": _regions(day),
            "copied_to": [(name, name) for name in official_names(day).values()],
            "targets": offered_targets(as_of),
        }
        for name, choices in offers.items():
            offer(self, name, choices)
            field = self.fields[name]
            field.error_messages["invalid_choice"] = f"请从列表里选择{field.label}。"


class WordsForm(forms.Form):
    """The words of a draft; its figures do not change."""

    title = _title()
    addressee = _addressee()
    copied_to = forms.CharField(label="抄送", max_length=500, required=False)
    opening = forms.CharField(label="导语")
    standing = forms.CharField(label="总体情况")
    lacking = forms.CharField(label="存在差距")
    demands = forms.CharField(label="下一步要求")
    with_ranking = forms.BooleanField(label="写各区排名", required=False)
    feedback_by = day_field(
        "反馈期限", "填了的，在“下一步要求”末尾自动写上反馈时间。", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("opening", "standing", "lacking", "demands"):
            field = self.fields[name]
            field.widget = forms.Textarea(attrs={"rows": 4 if name == "opening" else 8})
            field.help_text = f"{HEADINGS_HELP}{NO_PERSONS}"
            field.error_messages["required"] = f"请填写{field.label}。"
            _limit(field, LONGEST_PARAGRAPHS)


class StepForm(forms.Form):
    """One of the steps that may be taken now."""

    verb = forms.ChoiceField(label="办理")
    text = forms.CharField(
        label="意见或原因",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回、撤回、不再办理须写原因。",
    )
    signer = forms.CharField(
        label="纸质签批的领导姓名",
        required=False,
        max_length=LONGEST_NAME,
        help_text="领导没有账号、在纸上签批的，由科室负责人据实登记姓名，原件另存。",
        error_messages={"max_length": f"姓名最多 {LONGEST_NAME} 字。"},
    )

    def __init__(
        self, *args: Any, verbs: Sequence[BulletinVerb], asks_signer: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_steps(self, "verb", verbs)
        _limit(self.fields["text"], LONGEST_SAID)
        if not asks_signer:
            del self.fields["signer"]


class TemplateForm(forms.Form):
    """A Word file with placeholders."""

    file = forms.FileField(
        label="模板文件（.docx）",
        help_text=f"不超过 {MAX_FILE // MEGABYTE} MB；先下载现用的，在它上面改。",
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        error_messages={
            **dict.fromkeys(("required", "empty", "missing", "invalid"), "请选择 .docx 文件。"),
            "max_length": "文件名太长；请改短后再传。",
        },
    )
    note = forms.CharField(
        label="改了什么",
        max_length=200,
        required=False,
        error_messages={"max_length": "说明请写在 200 字以内。"},
    )

    def content(self) -> bytes:
        """The file's bytes, hardly more than a template may have."""
        data: bytes = self.cleaned_data["file"].read(MAX_FILE + 1)
        return data


class TemplateVoidForm(forms.Form):
    """Why a template is taken back."""

    reason = forms.CharField(
        label="作废原因",
        max_length=200,
        error_messages={
            "required": "请写明作废原因。",
            "max_length": "作废原因请写在 200 字以内。",
        },
    )


def _regions(day: date) -> list[tuple[str, str]]:
    """The measured city and its districts."""
    city = Region.objects.filter(code=settings.PORTAL_REGION).first()
    if city is None:
        return []
    return [(str(city.pk), city.name), *((str(pk), name) for pk, name in districts(city, day))]


def _limit(field: forms.Field, longest: int) -> None:
    assert isinstance(field, forms.CharField)
    field.max_length = longest
    field.validators.append(
        forms.CharField(max_length=longest).validators[0]  # 与 max_length 同一个校验
    )
    field.error_messages["max_length"] = f"{field.label}最多 {longest} 字。"

"""What another system may write of institutions, field by field (the elderly-care side)."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from institutions.categories import HealthCategory
from institutions.models import (
    BedBasis,
    BedRegister,
    Department,
    ElderlyKind,
    Grade,
    LicenceKind,
    Ownership,
    Status,
)
from yiyang.api.entries import CreditCode, Day, Entry, OneOf, Text, Whole, YesNo

CODE_FORM = r"^[0-9A-Za-z-]{2,32}\Z"
REGION_FORM = r"^[0-9]{12}\Z"


WRONG_CODE = "机构编码只能用数字、字母和连字符，2—32 位。"
WRONG_REGION = "区划代码须为 12 位数字。"


class Coded(Text):
    """A code of a fixed form."""

    def __init__(self, *, form: str, wrong: str, **more: Any) -> None:
        super().__init__(trim_whitespace=False, **more)
        self.validators.append(RegexValidator(form, wrong, "bad_code"))


def _code(help_text: str, **more: Any) -> Any:
    return Coded(form=CODE_FORM, wrong=WRONG_CODE, help_text=help_text, **more)


class InstitutionEntry(Entry):
    """An institution from a day on; what is not said stays as it is in the register."""

    code = _code("机构编码，终身不变")
    starts_on = Day(help_text="从哪天起是这样")
    name = Text(max_length=100, required=False, help_text="名称；新机构必填")
    region = Coded(
        form=REGION_FORM,
        wrong=WRONG_REGION,
        required=False,
        help_text="所在区划的 12 位代码；新机构必填",
    )
    address = Text(max_length=200, required=False, allow_blank=True)
    credit_code = CreditCode(max_length=18, required=False, allow_blank=True)
    status = OneOf(Status.choices, required=False, help_text="新机构必填")
    elderly_kind = OneOf(
        ElderlyKind.choices, required=False, allow_blank=True, help_text="新机构必填"
    )
    elderly_grade = OneOf([(n, f"{n} 级") for n in range(1, 6)], required=False, allow_null=True)
    ownership = OneOf(Ownership.choices, required=False, allow_blank=True)
    host = _code("举办单位的机构编码（内设机构才有）", required=False, allow_null=True)
    category = OneOf(
        HealthCategory.choices, required=False, allow_blank=True, help_text="由卫健登记"
    )
    level = OneOf(
        [(1, "一级"), (2, "二级"), (3, "三级")],
        required=False,
        allow_null=True,
        help_text="由卫健登记",
    )
    grade = OneOf(Grade.choices, required=False, allow_blank=True, help_text="由卫健登记")
    departments = serializers.ListField(
        child=OneOf(Department.choices),
        required=False,
        max_length=len(Department),
        help_text="由卫健登记",
    )
    reason = Text(
        max_length=200,
        required=False,
        help_text="提修改申请时的理由：文号或事由",
    )


class LicenceEntry(Entry):
    """An elderly-care filing or permit with its validity."""

    institution = _code("机构编码")
    kind = OneOf(LicenceKind.choices, help_text="养老机构备案或设立许可；医疗执业许可由卫健登记")
    starts_on = Day(help_text="第一个有效日")
    ends_on = Day(required=False, allow_null=True, help_text="最后一个有效日；长期有效为 null")
    number = Text(max_length=40, required=False, help_text="证照编号；新证照必填")
    issued_by = Text(max_length=60, required=False, allow_blank=True)
    full_time_beds = Whole(required=False, help_text="备案所载全日床位；新证照必填，没有的填 0")


class BedEntry(Entry):
    """Beds of an institution in the civil-affairs register on a day."""

    institution = _code("机构编码")
    counted_on = Day(help_text="统计日")
    register = OneOf(BedRegister.choices, help_text="只收民政备案；卫健核定由卫健登记")
    basis = OneOf(BedBasis.choices)
    total = Whole(required=False, help_text="床位总数；新报必填")
    nursing = Whole(required=False)
    rehabilitation = Whole(required=False)
    hospice = Whole(required=False)
    day_care = Whole(required=False)
    in_both = Whole(required=False)
    in_both_care = Whole(required=False)


class OccupancyEntry(Entry):
    """People living in an elderly-care institution at a month's end: totals, no person."""

    institution = _code("机构编码")
    counted_on = Day(help_text="月末日")
    occupants = Whole(required=False, help_text="在住老年人；新报必填")
    dependent = Whole(required=False)
    partly_dependent = Whole(required=False)
    aged_80_plus = Whole(required=False)


class UploadBeds(Entry):
    """The beds of one row of a whole register, as they are at the month's end."""

    total = Whole()
    nursing = Whole(required=False)
    rehabilitation = Whole(required=False)
    hospice = Whole(required=False)
    day_care = Whole(required=False)


class UploadOccupancy(Entry):
    """Who lived there at the month's end, of one row of a whole register."""

    occupants = Whole()
    dependent = Whole(required=False)
    partly_dependent = Whole(required=False)
    aged_80_plus = Whole(required=False)


class UploadEntry(Entry):
    """One institution of a whole register, with its beds and its residents."""

    code = _code("机构编码，终身不变")
    name = Text(max_length=100)
    region = Coded(form=REGION_FORM, wrong=WRONG_REGION, help_text="所在区划的 12 位代码")
    status = OneOf(Status.choices)
    elderly_kind = OneOf(ElderlyKind.choices)
    starts_on = Day(required=False, help_text="改动从哪天起，缺省为月末日")
    address = Text(max_length=200, required=False, allow_blank=True)
    credit_code = CreditCode(max_length=18, required=False, allow_blank=True)
    elderly_grade = OneOf([(n, f"{n} 级") for n in range(1, 6)], required=False, allow_null=True)
    ownership = OneOf(Ownership.choices, required=False, allow_blank=True)
    beds = UploadBeds(required=False)
    occupancy = UploadOccupancy(required=False)
    is_new = YesNo(required=False, help_text="true：核对过，不是登记里疑似的那一家")

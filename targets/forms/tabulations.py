"""The form of a statistical table's filing."""

from __future__ import annotations

from django import forms

from targets.forms.fields import day_field, text_field

HINTS = {
    "number": "如：乌卫老统1表。",
    "issuer": "如：乌海市卫生健康委员会。",
    "approval": "统计机构批准或备案的文号，如：乌统制〔2026〕8号。",
    "ends_on": "最后一个有效日；过了这一天，表按内部工作表印。",
}


class FilingForm(forms.Form):
    """What stands at the top right of the table, and for which days."""

    number = text_field("表号", 40, HINTS["number"])
    issuer = text_field("制定机关", 60, HINTS["issuer"])
    approval = text_field("批准（备案）文号", 60, HINTS["approval"])
    starts_on = day_field("起始日期")
    ends_on = day_field("有效期限", HINTS["ends_on"])

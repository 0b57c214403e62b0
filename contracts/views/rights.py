"""The copy of everything held about one person, handed out for a reason."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from contracts.handing_over import CopyFormat, hand_over
from contracts.persons.register import record_number
from contracts.views.persons import person_of
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.lib.filenames import saved_as
from yiyang.lib.workbooks import XLSX_TYPE
from yiyang.posting import UNPROCESSABLE

TYPES = {CopyFormat.XLSX: XLSX_TYPE, CopyFormat.JSON: "application/json; charset=utf-8"}
LABELS = ((CopyFormat.XLSX, "Excel 表格"), (CopyFormat.JSON, "JSON（机器可读）"))


class HeldForm(forms.Form):
    """For which reason, in which form."""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        help_text="例如“本人持身份证到场申请查阅”。不要写姓名、证件号、电话；会进入审计记录。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明理由。"},
    )
    form = forms.ChoiceField(
        label="文件格式",
        choices=LABELS,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择文件格式。"),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PERSONS)
@requires(Permission.EXPORT_PERSONS)
def person_held(request: ActorRequest, uid: UUID) -> HttpResponse:
    """Ask for the reason; given one, answer with the file."""
    person = person_of(request, uid)
    form = HeldForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen = CopyFormat(form.cleaned_data["form"])
        try:
            copy = hand_over(
                by=request.actor, person=person, reason=form.cleaned_data["reason"], form=chosen
            )
        except ValidationError as error:
            form.add_error("reason", error)
        else:
            answer = HttpResponse(copy.content, content_type=TYPES[chosen])
            return saved_as(f"held-{copy.number}.{chosen.value}", answer)
    context = {"form": form, "person": person, "number": record_number(person.uid)}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "contracts/person_held.html", context, status=status)

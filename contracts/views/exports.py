"""The steps of an export of persons with personal columns: choose, confirm, file."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from contracts.filters import PersonFilter
from contracts.forms import PersonExportForm
from contracts.lists.persons import persons_on
from contracts.models import ExportColumn
from contracts.persons.exports import export_persons
from contracts.persons.reveals import checked_reason
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.roles import Permission
from yiyang.lib.filenames import saved_as
from yiyang.lib.workbooks import XLSX_TYPE
from yiyang.posting import UNPROCESSABLE

SALT = "contracts.person-export"
CONFIRM_WITHIN_SECONDS = 600
STALE = "确认页已过期或内容被改动，请重新选择列和用途。"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW_PERSONS)
@requires(Permission.EXPORT_PERSONS)
def person_export(request: ActorRequest) -> HttpResponse:
    """First step: columns and purpose; answered by the page that asks to confirm."""
    filterset = _filterset(request, request.GET)
    posted = request.POST if request.method == "POST" else None
    form = PersonExportForm(posted, actor=request.actor)
    if posted is not None and form.is_valid():
        try:
            return _confirm_page(request, filterset, form)
        except ValidationError as error:
            form.add_error("purpose", error)
    status = 200 if posted is None else UNPROCESSABLE
    context = {"form": form, "filter": filterset, "number": f"{filterset.qs.count():,}"}
    return render(request, "contracts/person_export.html", context, status=status)


@never_cache
@require_POST
@requires(Permission.VIEW_PERSONS)
@requires(Permission.EXPORT_PERSONS)
def person_export_file(request: ActorRequest) -> HttpResponseBase:
    """Second step: the file, exactly as confirmed by this account within ten minutes."""
    try:
        agreed = _agreed(request)
        filterset = _filterset(request, QueryDict(agreed["query"]))
        export, blocks = export_persons(
            by=request.actor,
            persons=filterset.qs,
            columns=[ExportColumn(column) for column in agreed["columns"]],
            purpose=agreed["purpose"],
            filters=filterset.words,
            day=filterset.day,
            confirmed=agreed["confirmed"],
            at=asked_at(request),
        )
    except ValidationError as error:
        return _refused(request, error.messages)
    answer = StreamingHttpResponse(blocks, content_type=XLSX_TYPE)
    return saved_as(f"persons-{export.number}.xlsx", answer)


def _filterset(request: ActorRequest, asked: QueryDict) -> PersonFilter:
    filterset = PersonFilter(asked, request=request, rows=persons_on)
    if not filterset.is_valid():
        raise Http404("筛选条件不认识，或区划不在您的授权范围；请回到名单重新筛选。")
    return filterset


def _confirm_page(
    request: ActorRequest, filterset: PersonFilter, form: PersonExportForm
) -> HttpResponse:
    purpose = checked_reason(form.cleaned_data["purpose"])
    columns = form.cleaned_data["columns"]
    confirmed = filterset.qs.count()
    agreed = {
        "user": request.actor.user_id,
        "columns": columns,
        "purpose": purpose,
        "query": filterset.query.urlencode(),
        "confirmed": confirmed,
    }
    context = {
        "agreed": signing.dumps(agreed, salt=SALT),
        "columns": [ExportColumn(column).label for column in columns],
        "purpose": purpose,
        "number": f"{confirmed:,}",
        "filter": filterset,
        "minutes": CONFIRM_WITHIN_SECONDS // 60,
    }
    return render(request, "contracts/person_export_confirm.html", context)


def _agreed(request: ActorRequest) -> dict[str, Any]:
    """What this account confirmed; refused when older than ten minutes or another's."""
    try:
        agreed: dict[str, Any] = signing.loads(
            request.POST.get("agreed", ""), salt=SALT, max_age=CONFIRM_WITHIN_SECONDS
        )
    except signing.BadSignature as error:  # 过期也在其中
        raise ValidationError(STALE) from error
    if agreed["user"] != request.actor.user_id:
        raise PermissionDenied(FORBIDDEN)
    return agreed


def _refused(request: ActorRequest, messages: list[str]) -> HttpResponse:
    context = {"refused": messages}
    return render(request, "contracts/person_export_refused.html", context, status=UNPROCESSABLE)

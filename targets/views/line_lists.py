"""The files of line lists: one workbook, a sheet for every district."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from targets.tabulations.districts import asked_list, parts_of, workbook_of
from targets.tabulations.line_lists import BY_CODE
from yiyang.access.decorators import FORBIDDEN, requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.lib.books import XLSX_TYPE
from yiyang.lib.filenames import marked, saved_as
from yiyang.listing.views import BAD_FILTER

NO_LIST = "没有这份名册；请从“统计表”页选择。"


@never_cache
@require_safe
@requires(Permission.EXPORT)
def line_list_xlsx(request: ActorRequest, code: str) -> HttpResponseBase:
    """The list of a day, on record before its first byte leaves."""
    line_list = BY_CODE.get(code)
    if line_list is None:
        raise Http404(NO_LIST)
    if not line_list.is_for(request.actor):
        raise PermissionDenied(FORBIDDEN)
    asked = asked_list(request, line_list)
    if not asked.filters.is_valid():
        raise Http404(BAD_FILTER)
    parts = parts_of(request, line_list, asked)
    record(
        kind=EventKind.EXPORT,
        actor_id=request.actor.user_id,
        outcome=Outcome.ALLOWED,
        subject=f"list:{code}",
        details={"rows": sum(one.count for one in parts), "day": asked.filters.day.isoformat()},
    )
    workbook = workbook_of(request, line_list, asked, parts)
    name = marked(f"{line_list.title}-{asked.filters.day}.xlsx")
    return saved_as(name, StreamingHttpResponse(workbook, content_type=XLSX_TYPE))

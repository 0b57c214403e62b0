"""GET /reconciliations/{uid}/: an upload's list against ours, as far as the token reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from institutions.api.uploads import upload_of
from institutions.models import UploadState
from institutions.uploads.reconciling import Entry, Reconciliation, reconcile
from yiyang.api.asking import refuse_unknown
from yiyang.api.bodies import json_text, with_etag
from yiyang.api.changes import TokenScope
from yiyang.api.errors import Refusal, refused
from yiyang.api.views import JSON, ApiView, actor_of
from yiyang.api.write_views import mark

CODE, TITLE = "reconciliations", "两册核对"
NOT_DONE = "整册还没有处理完，请稍后再读；状态见 /uploads/{uid}/。"


class ReconciliationView(TokenScope, ApiView):
    """Ours only, theirs only, differing, and most likely the same."""

    scope = CODE

    def get(self, request: Request, key: str) -> HttpResponseBase:
        refuse_unknown(request._request.GET, frozenset())
        upload = upload_of(request, key)
        if upload.state != UploadState.DONE:
            raise refused(Refusal.CONFLICT, detail=NOT_DONE.format(uid=upload.uid))
        found = reconcile(upload, actor=actor_of(request))
        body = json_text({**mark(), **document_of(found)})
        return with_etag(request._request, HttpResponse(body, content_type=JSON))


def document_of(found: Reconciliation) -> dict[str, Any]:
    return {
        "upload": found.upload.uid,
        "month": f"{found.upload.month_end:%Y-%m}",
        "counts": {
            "agreed": found.agreed,
            "ours_only": len(found.ours_only),
            "theirs_only": len(found.theirs_only),
            "conflicting": len(found.conflicting),
            "probable": len(found.probable),
        },
        "ours_only": _entries(found.ours_only),
        "theirs_only": _entries(found.theirs_only),
        "conflicting": [
            {
                **_entry(one),
                "differences": [
                    {
                        "field": field.field,
                        "label": field.label,
                        "ours": field.ours,
                        "theirs": field.theirs,
                        "advice": field.advice,
                    }
                    for field in one.differences
                ],
            }
            for one in found.conflicting
        ],
        "probable": [
            {
                **_entry(one),
                "advice": one.advice,
                "why": one.why,
                "ours": {"code": one.match.code, "name": one.match.name} if one.match else None,
            }
            for one in found.probable
        ],
    }


def _entries(found: Sequence[Entry]) -> list[dict[str, str]]:
    return [{**_entry(one), "advice": one.advice, "why": one.why} for one in found]


def _entry(one: Entry) -> dict[str, str]:
    return {"code": one.code, "name": one.name, "region_name": one.region}

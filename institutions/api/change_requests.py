"""Change requests as other systems read them: what was asked, and the answer (校核结果)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from institutions.lists.naming import SeatFilter, of_institutions_called
from institutions.models import ChangeRequest, Institution, Region, RequestState, Side
from yiyang.access.scope import Actor
from yiyang.api.resources import Document, Resource
from yiyang.listing.filters import ListFilter, choice, search

# 这两项在登记里存的是编号，对外给编码。
REGION, HOST = "region", "host"


class AskedSerializer(serializers.Serializer[Any]):
    """One field of a request: as it was when asked, and as it is wanted."""

    field = serializers.CharField(help_text="字段名，同 institutions")
    old = serializers.JSONField(help_text="提出时登记的样子", allow_null=True)
    new = serializers.JSONField(help_text="申请改成的样子", allow_null=True)


class ChangeRequestDocument(serializers.ModelSerializer[Any]):
    """A request for a change that the other office must agree to."""

    institution = serializers.CharField(source="institution.code", help_text="机构编码")
    changes = AskedSerializer(many=True)

    class Meta:
        model = ChangeRequest
        fields = (
            *("uid", "institution", "side", "starts_on", "changes", "reason", "made_at"),
            *("due_on", "state", "answer", "answered_at"),
        )


class ChangeRequestFilter(ListFilter):
    """Requests by institution, region, answering side and state."""

    is_dated = False
    q = search("机构", "机构名称、拼音首字母、编码")
    region = SeatFilter(label="区划")
    side = choice("由谁答复", Side.choices)
    state = choice("状态", RequestState.choices)

    def by_search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return of_institutions_called(queryset, value, self.day)


def rows(actor: Actor, day: date) -> QuerySet[ChangeRequest]:
    return ChangeRequest.objects.visible_to(actor).select_related("institution")


def documents_of(requests: Sequence[ChangeRequest], actor: Actor, day: date) -> list[Document]:
    """One document for each request; regions and hosts by their codes, in two queries."""
    codes = {
        REGION: _codes(Region, requests, REGION),
        HOST: _codes(Institution, requests, HOST),
    }
    return [_document(one, codes) for one in requests]


def _document(request: ChangeRequest, codes: Mapping[str, Mapping[int, str]]) -> Document:
    return {
        "uid": request.uid,
        "institution": request.institution.code,
        "side": request.side,
        "starts_on": request.starts_on,
        "changes": [
            {
                "field": name,
                "old": _told(name, change["old"], codes),
                "new": _told(name, change["new"], codes),
            }
            for name, change in request.changes.items()
        ],
        "reason": request.reason,
        "made_at": request.made_at,
        "due_on": request.due_on,
        "state": request.state,
        "answer": request.answer,
        "answered_at": request.answered_at,
    }


def _codes(model: Any, requests: Sequence[ChangeRequest], name: str) -> dict[int, str]:
    keys = {
        value
        for request in requests
        for value in request.changes.get(name, {}).values()
        if isinstance(value, int)
    }
    found = model.objects.filter(pk__in=keys).values_list("pk", "code") if keys else ()
    return dict(found)


def _told(name: str, value: Any, codes: Mapping[str, Mapping[int, str]]) -> Any:
    return codes[name].get(value) if name in codes and value is not None else value


CHANGE_REQUESTS = Resource(
    code="change-requests",
    title="修改申请",
    serializer=ChangeRequestDocument,
    rows=rows,
    filterset=ChangeRequestFilter,
    lookup="uid",
    lookup_name="uid",
    documents=documents_of,
    note="须对方部门同意的改动：申请了什么、不迟于哪天答复、答复（校核结果）与时间。",
)

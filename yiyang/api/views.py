"""The views of every resource: a list, one record, and the answer to any other address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.scope import Actor
from yiyang.api.asking import FIELDS, Asked, asked_of, refuse_unknown
from yiyang.api.authentication import TokenAuthentication
from yiyang.api.bodies import (
    CsvRenderer,
    JsonRenderer,
    NdjsonRenderer,
    json_text,
    page_body,
    with_etag,
)
from yiyang.api.documents import with_documents, with_keyed_documents
from yiyang.api.errors import Refusal, refused
from yiyang.api.models import ApiToken
from yiyang.api.problems import problem
from yiyang.api.recording import record_call
from yiyang.api.resources import Resource, all_resources
from yiyang.api.schema import ResourceSchema
from yiyang.api.streams import csv_stream, ndjson_stream
from yiyang.api.throttling import Allowance, spend

# 演示的每份答复都带着：单条与整册里没有地方写标记。
MARK_HEADER = "X-Data-Mark"
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
JSON = "application/json; charset=utf-8"
LONGEST_NUMBER = 18
UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ApiView(APIView):
    """What every view of the API does: who calls, how often, what they may; all on record."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = ()
    renderer_classes: Sequence[Any] = (JsonRenderer,)
    schema = ResourceSchema()
    resource: Resource | None = None
    allowance: Allowance | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.format_kwarg = None
        self.perform_authentication(request)
        token = cast(ApiToken, request.auth)
        self.allowance = spend(token, asked_at(request._request))
        if self.allowance.is_spent:
            raise refused(Refusal.THROTTLED, wait=self.allowance.reset)
        self.refuse_out_of_scope(request, token)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(
            request
        )

    def refuse_out_of_scope(self, request: Request, token: ApiToken) -> None:
        """403 unless the token carries the resource and its account the permission."""
        if self.resource is None:
            return
        codes = token.writes if request.method in WRITING else token.reads
        if self.resource.code not in codes or not actor_of(request).may(self.resource.permission):
            raise refused(Refusal.OUT_OF_SCOPE)

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        answer: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.told_beside.items():
            answer[name] = value
        record_call(request, answer)
        return answer

    @property
    def told_beside(self) -> dict[str, str]:
        """What the headers tell: how much may still be asked, and what is to end."""
        allowance = self.allowance.headers if self.allowance else {}
        farewell = self.resource.farewell if self.resource else None
        mark = {MARK_HEADER: quote(settings.DEMO_MARK)} if settings.DEMO else {}
        return {**allowance, **(farewell.headers if farewell else {}), **mark}

    def http_method_not_allowed(  # type: ignore[override]
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer = problem(refused(Refusal.METHOD_NOT_ALLOWED))
        answer["Allow"] = ", ".join(self.allowed_methods)
        return answer


class ListView(ApiView):
    """A page of a register as JSON, or the whole of it as CSV or NDJSON, by Accept."""

    renderer_classes = (JsonRenderer, CsvRenderer, NdjsonRenderer)
    resource: Resource

    def get(self, request: Request) -> HttpResponseBase:
        asked = asked_of(inner(request), self.resource)
        kind = request.accepted_renderer.format
        if kind == NdjsonRenderer.format:
            return ndjson_stream(asked, actor_of(request))
        if kind == CsvRenderer.format:
            return csv_stream(asked, actor_of(request))
        return _page(request, asked)


class DetailView(ApiView):
    """One record by its number or code."""

    resource: Resource

    def get(self, request: Request, key: str) -> HttpResponseBase:
        refuse_unknown(request._request.GET, frozenset({FIELDS, "as_of"}))
        text = self._document(request, key)
        if text is None:
            raise refused(Refusal.NOT_FOUND)
        return with_etag(request._request, HttpResponse(text, content_type=JSON))

    def _document(self, request: Request, key: str) -> str | None:
        resource = self.resource
        asked = asked_of(inner(request), resource)
        if resource.lookup == "pk" and not (key.isdigit() and len(key) <= LONGEST_NUMBER):
            return None
        if resource.lookup == "uid" and not UID.fullmatch(key):
            return None
        rows = resource.rows(actor_of(request), asked.day).filter(**{resource.lookup: key})
        found = texts_of(asked, rows[:1], asked.names, actor_of(request))
        return found[0] if found else None


class RootView(ApiView):
    """What there is to read, for whoever begins at the root."""

    schema = None  # type: ignore[assignment]

    def get(self, request: Request) -> HttpResponseBase:
        """Each resource the token reads, with its name and address."""
        refuse_unknown(request._request.GET, frozenset())
        token = cast(ApiToken, request.auth)
        listed = [
            {
                "resource": one.code,
                "title": one.title,
                "address": request.build_absolute_uri(f"{one.code}/"),
            }
            for one in all_resources()
            if one.code in token.reads
        ]
        body = json_text({"documentation": "/api/docs/", "resources": listed})
        return with_etag(request._request, HttpResponse(body, content_type=JSON))


class NoSuchAddress(ApiView):
    """Whatever else lies below the API's prefix."""

    schema = None  # type: ignore[assignment]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise refused(Refusal.NO_SUCH_ADDRESS)


def actor_of(request: Request) -> Actor:
    actor: Actor = inner(request).actor
    return actor


def inner(request: Request) -> ActorRequest:
    """The Django request within, with its actor."""
    return request._request  # type: ignore[return-value]


def texts_of(asked: Asked, rows: Any, names: Sequence[str], actor: Actor) -> list[str]:
    """The JSON texts of some rows, by the database or by the resource's own words."""
    resource = asked.resource
    if resource.documents is None:
        return list(with_documents(rows, resource, names))
    made = resource.documents(list(rows), actor, asked.day)
    return [json_text({name: one[name] for name in names}) for one in made]


def _page(request: Request, asked: Asked) -> HttpResponse:
    found = _keyed(asked, actor_of(request))
    kept = found[: asked.limit]
    after = kept[-1][0] if len(found) > asked.limit else None
    body = page_body(request._request, [text for _, text in kept], after)
    return with_etag(request._request, HttpResponse(body, content_type=JSON))


def _keyed(asked: Asked, actor: Actor) -> list[tuple[int, str]]:
    """The page's texts, each with the number it stands at."""
    resource = asked.resource
    if resource.documents is None:
        page = with_keyed_documents(asked.page, resource, asked.names, key=resource.key)
        with transaction.atomic(), connection.cursor() as cursor:
            # 归并连接会把另一张表的索引从头走到这一页；一页不过千行，逐行去找，多深都一样快。
            cursor.execute("SET LOCAL enable_mergejoin = off")
            return list(page)
    rows = list(asked.page)
    texts = texts_of(asked, rows, asked.names, actor)
    return [(row.pk, text) for row, text in zip(rows, texts, strict=True)]

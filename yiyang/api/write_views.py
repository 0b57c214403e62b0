"""The views that write: one record, or up to a thousand rows at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.utils.http import parse_etags
from rest_framework.request import Request

from yiyang.access.roles import Permission
from yiyang.api.asking import refuse_unknown
from yiyang.api.bodies import etag_of, json_text
from yiyang.api.documents import with_documents
from yiyang.api.errors import ApiRefusal, Fault, Refusal, bad_parameter, refused
from yiyang.api.idempotency import done_once
from yiyang.api.models import ApiToken
from yiyang.api.parsing import read_json
from yiyang.api.resources import Resource
from yiyang.api.views import JSON, ApiView, DetailView, ListView, actor_of, inner
from yiyang.api.write_schema import WriteSchema
from yiyang.api.writing import Call, Outcome, Outcomes, Row, RowStatus, Writing, write, writing_of
from yiyang.audit.context import current_source
from yiyang.changelog.context import recorded

MOST_ROWS = 1000
REASON = "民政接口报送"
DRY_RUN, REQUEST_CHANGES, MODE = "dry_run", "request_changes", "mode"
SWITCHES = frozenset({DRY_RUN, REQUEST_CHANGES})
MODES = ("all", "rows")
OTHER_KEY = "这里的编码与地址里的不同，请写成一样的，或去掉这一项。"
NO_ROWS = "请写成 {“rows”: [ … ]}，至少一条。"
UNKNOWN_IN_BULK = "整批的外层只有 rows 一个字段，请去掉“{name}”。"


@dataclass(frozen=True, slots=True)
class Options:
    """How a call wants its rows taken."""

    is_dry: bool
    asks: bool
    keeps_good: bool


class WritingView(ApiView):
    """What the views that write share: who may, once only, and in one transaction."""

    schema = WriteSchema()
    resource: Resource

    @property
    def writing(self) -> Writing:
        found = writing_of(self.resource.code)
        assert found is not None, "只有登记了写法的资源才有写的地址"
        return found

    def refuse_out_of_scope(self, request: Request, token: ApiToken) -> None:
        """403 also for an account that keeps no side of the registers."""
        super().refuse_out_of_scope(request, token)
        if request.method not in ("GET", "HEAD") and not actor_of(request).may(
            Permission.EDIT_ELDERLY
        ):
            raise refused(Refusal.OUT_OF_SCOPE)

    def write_one(self, request: Request, key: str | None) -> HttpResponse:
        """Write the body as one row; `key` is the address's own name for it."""
        query = request._request.GET
        refuse_unknown(query, SWITCHES)
        options = _options(query)
        body = _with_key(read_json(request._request), key, self.resource)
        return self._done(request, options, lambda: self._one(request, options, body))

    def _one(self, request: Request, options: Options, body: Any) -> HttpResponse:
        outcomes = self._written(request, options, [body], pointer="", checks=True)
        [outcome] = outcomes.all
        if not outcome.is_written:
            raise _refusal_of(outcome)
        address = self.writing.lookup(actor_of(request), outcome.row)
        text = None if options.is_dry else text_of(request, self.resource, address)
        is_new = outcome.status is RowStatus.NEW and not options.is_dry
        response = HttpResponse(
            _one_body(outcome, self.writing, text, options),
            status=HTTPStatus.CREATED if is_new else HTTPStatus.OK,
            content_type=JSON,
        )
        if text is not None:
            response["ETag"] = etag_of(text.encode())
            response["Location"] = f"/api/v1/{self.resource.code}/{address}/"
        return response

    def _written(
        self, request: Request, options: Options, bodies: list[Any], *, pointer: str, checks: bool
    ) -> Outcomes:
        call = Call(actor_of(request), asks=options.asks)
        rows, failed = self.writing.rows_of(bodies, pointer)
        self.writing.lock(rows)
        if checks and rows:
            self._refuse_changed(request, rows[0])
        return write(self.writing, call, rows, failed)

    def _refuse_changed(self, request: Request, row: Row) -> None:
        """412 where the record is no longer the one the caller has read."""
        match = request.headers.get("If-Match", "")
        none_match = request.headers.get("If-None-Match", "")
        if not match and not none_match:
            return
        key = self.writing.lookup(actor_of(request), row)
        text = text_of(request, self.resource, key)
        if not _is_match(match, text) or (none_match and _is_match(none_match, text)):
            raise refused(Refusal.CHANGED_MEANWHILE)

    def _done(
        self, request: Request, options: Options, work: Callable[[], HttpResponse]
    ) -> HttpResponse:
        def within() -> HttpResponse:
            with recorded(by=actor_of(request), reason=REASON, batch=batch_name()):
                return work()

        if options.is_dry:
            with transaction.atomic():
                response = within()
                transaction.set_rollback(True)
            return response
        return done_once(request._request, token=cast(ApiToken, request.auth), work=within)


class WritableListView(WritingView, ListView):
    """A register's list, and one record entered or corrected under its natural key."""

    def post(self, request: Request) -> HttpResponse:
        return self.write_one(request, None)


class WritableDetailView(WritingView, DetailView):
    """One record under the key of its address, from a day on."""

    def put(self, request: Request, key: str) -> HttpResponse:
        return self.write_one(request, key)


class BulkView(WritingView):
    """Up to a thousand rows, each answered."""

    def post(self, request: Request) -> HttpResponse:
        query = request._request.GET
        refuse_unknown(query, SWITCHES | {MODE})
        options = _options(query)
        bodies = _rows_in(read_json(request._request))
        return self._done(request, options, lambda: self._all(request, options, bodies))

    def _all(self, request: Request, options: Options, bodies: list[Any]) -> HttpResponse:
        outcomes = self._written(request, options, bodies, pointer="/rows/{row}", checks=False)
        told = {
            "applied": not options.is_dry,
            "dry_run": options.is_dry,
            "counts": outcomes.counts,
            "results": outcomes.results,
        }
        if not outcomes.is_whole and not options.keeps_good:
            told["applied"] = False
            raise refused(Refusal.ROWS_REFUSED, faults=outcomes.faults, extra=told)
        return HttpResponse(json_text({**mark(), **told}), content_type=JSON)


@dataclass(frozen=True, slots=True)
class Views:
    """The views of a resource's addresses where it can be written; None where it cannot."""

    whole: Any = None
    one: Any = None
    bulk: Any = None


def written_views(resource: Resource) -> Views:
    """A resource addressed by a natural key is written there, any other through its list."""
    if writing_of(resource.code) is None:
        return Views()
    bulk = BulkView.as_view(resource=resource)
    if resource.lookup == "pk":
        return Views(whole=WritableListView.as_view(resource=resource), bulk=bulk)
    return Views(one=WritableDetailView.as_view(resource=resource), bulk=bulk)


def text_of(request: Request, resource: Resource, key: str | None) -> str | None:
    """The record's document as its own address gives it today; None where there is none."""
    if key is None:
        return None
    actor = actor_of(request)
    rows = resource.rows(actor, inner(request).actor.day).filter(**{resource.lookup: key})
    found = list(with_documents(rows[:1], resource, resource.field_names))
    return found[0] if found else None


def batch_name() -> str:
    """What the change log calls the call: the request_id of its answer."""
    request_id, _, _ = current_source()
    return f"api:{request_id}"


def mark() -> dict[str, str]:
    return {"mark": settings.DEMO_MARK} if settings.DEMO else {}


def _options(query: QueryDict) -> Options:
    mode = query.get(MODE, MODES[0])
    if mode not in MODES:
        raise bad_parameter(MODE, f"请写 {' 或 '.join(MODES)}。", "invalid_choice")
    return Options(_switch(query, DRY_RUN), _switch(query, REQUEST_CHANGES), mode == MODES[1])


def _switch(query: QueryDict, name: str) -> bool:
    value = query.get(name, "0")
    if value not in ("0", "1"):
        raise bad_parameter(name, "请写 1（是）或 0（否）。", "invalid_choice")
    return value == "1"


def _with_key(body: Any, key: str | None, resource: Resource) -> Any:
    """The body with the key of its address; the same key may also stand within."""
    if key is None or not isinstance(body, Mapping):
        return body
    name = resource.lookup_name
    if body.get(name, key) != key:
        fault = Fault(OTHER_KEY, "other_key", pointer=f"#/{name}")
        raise refused(Refusal.INVALID, faults=(fault,))
    return {**body, name: key}


def _rows_in(body: Any) -> list[Any]:
    if not isinstance(body, Mapping) or not isinstance(body.get("rows"), list) or not body["rows"]:
        raise refused(Refusal.INVALID, faults=(Fault(NO_ROWS, "required", pointer="#/rows"),))
    if unknown := sorted(set(body) - {"rows"}):
        words = UNKNOWN_IN_BULK.format(name=unknown[0][:60])
        raise refused(Refusal.INVALID, faults=(Fault(words, "unknown_field", pointer="#"),))
    if len(body["rows"]) > MOST_ROWS:
        raise refused(Refusal.TOO_LARGE)
    return list(body["rows"])


def _refusal_of(outcome: Outcome) -> ApiRefusal:
    """What a single row's refusal is called as the answer of the whole call."""
    codes = {fault.code for fault in outcome.faults}
    kind = Refusal.INVALID
    if outcome.status is RowStatus.NEEDS_CONSENT:
        kind = Refusal.NEEDS_CONSENT
    elif "not_found" in codes:
        kind = Refusal.NOT_FOUND
    elif codes & {"conflict", "merged"}:
        kind = Refusal.CONFLICT
    return refused(kind, faults=outcome.faults)


def _is_match(header: str, text: str | None) -> bool:
    """Whether If-Match holds; without the header it always does."""
    if not header:
        return True
    if text is None:
        return False
    tags = parse_etags(header)
    return "*" in tags or etag_of(text.encode()) in tags


def _one_body(outcome: Outcome, writing: Writing, text: str | None, options: Options) -> str:
    result = outcome.as_json(writing.keys)
    del result["row"]
    head = json_text({**mark(), "dry_run": options.is_dry, "result": result})[:-1]
    return f'{head}, "document": {text or "null"}}}'

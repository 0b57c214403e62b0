"""The OpenAPI description of what writes: bodies, switches, headers, answers."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from yiyang.api.resources import Resource
from yiyang.api.schema import FaultSerializer, ResourceSchema, problem_responses
from yiyang.api.writing import RowStatus, Writing, writing_of

ONE_STATUSES = (400, 401, 403, 404, 406, 409, 412, 413, 415, 422, 429)
BULK_STATUSES = (400, 401, 403, 406, 409, 413, 415, 422, 429)
MOST_ROWS = 1000
SWITCH = {"type": "string", "enum": ["0", "1"], "default": "0"}
ROW_STATUSES = {
    RowStatus.NEW: "新增",
    RowStatus.CHANGED: "有变更",
    RowStatus.UNCHANGED: "与登记相同，没有写入",
    RowStatus.REFUSED: "有误，没有写入",
    RowStatus.NEEDS_CONSENT: "须对方部门同意，没有写入",
}
ROW_CHOICES = [(status.value, words) for status, words in ROW_STATUSES.items()]
ONE_NOTE = (
    "按自然键写入：没有就登记，不同就变更，相同就什么也不做；没写的字段保持登记的样子。"
    "对方部门登记的字段不会悄悄改：答 409 needs_consent；加 request_changes=1 则代为提修改申请，"
    "其余字段照常写入。带 If-Match 时，登记已被别人改动则答 412。"
)
BULK_NOTE = (
    "一批至多 1000 条，逐条答复。缺省 mode=all：有一条不能写入，整批都不写，答 422 rows_refused；"
    "mode=rows：写入没有问题的，其余在 results 里说明。dry_run=1 答得一样，什么也不写。"
)


class RequestMadeSerializer(serializers.Serializer[Any]):
    """A change request that a row led to."""

    uid = serializers.UUIDField(help_text="申请编号，答复见 /change-requests/{uid}/")
    side = serializers.CharField(help_text="由谁答复：health 卫健，civil_affairs 民政")
    fields = serializers.ListField(child=serializers.CharField(), help_text="申请改的字段")  # type: ignore[assignment]
    due_on = serializers.DateField(help_text="不迟于这一天答复")
    is_new = serializers.BooleanField(help_text="这次才提的；false 为早已提出、还在等答复")


class RowCountsSerializer(serializers.Serializer[Any]):
    """How many rows of each status."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    needs_consent = serializers.IntegerField()


@cache
def key_class(name: str, keys: tuple[str, ...]) -> Any:
    """The key of a row as it is sent back; one class for each resource, as its name is one."""
    fields: dict[str, Any] = {
        one: serializers.CharField(allow_null=True, required=False) for one in keys
    }
    return inline_serializer(f"{name}Key", fields).__class__


@cache
def _body_of(entry: Any, key: str) -> Any:
    """The entry without the key that the address itself gives."""
    if not key:
        return entry
    name = f"{entry.__name__.removesuffix('Entry')}BodyEntry"
    return type(name, (entry,), {key: None, "__doc__": entry.__doc__})


def result_serializer(writing: Writing, *, in_bulk: bool) -> Any:
    """The answer to one row, its key as the resource has it."""
    name = writing.entry.__name__.removesuffix("Entry")
    fields: dict[str, Any] = {
        "key": key_class(name, writing.keys)(),
        "status": serializers.ChoiceField(ROW_CHOICES),
        "requests": RequestMadeSerializer(many=True),
        "errors": FaultSerializer(many=True),
    }
    if in_bulk:
        fields = {"row": serializers.IntegerField(help_text="第几条，从 0 起"), **fields}
    return inline_serializer(f"{name}{'Row' if in_bulk else ''}Result", fields)


class WriteSchema(ResourceSchema):
    """The reading operations as they are, and the writing ones beside them."""

    @property
    def _writing(self) -> Writing | None:
        return None if self.method == "GET" else writing_of(self._resource.code)

    @property
    def _is_bulk(self) -> bool:
        return self.path.endswith("/bulk/")

    def get_operation_id(self) -> str:
        if self._writing is None:
            return super().get_operation_id()
        kind = "bulk" if self._is_bulk else "write"
        return f"{self._resource.code.replace('-', '_')}_{kind}"

    def get_summary(self) -> str:
        if self._writing is None:
            return super().get_summary()
        return f"{self._writing.title}：{'成批写入' if self._is_bulk else '写入一条'}"

    def get_description(self) -> str:  # type: ignore[override]
        if self._writing is None:
            return super().get_description()
        return BULK_NOTE if self._is_bulk else ONE_NOTE

    def get_request_serializer(self) -> Any:
        if self._writing is None:
            return None
        if not self._is_bulk:
            return _body_of(
                self._writing.entry, "" if self._is_list else self._resource.lookup_name
            )
        name = self._writing.entry.__name__.removesuffix("Entry")
        rows = serializers.ListField(
            child=self._writing.entry(), min_length=1, max_length=MOST_ROWS
        )
        return inline_serializer(f"{name}Rows", {"rows": rows})

    def get_override_parameters(self) -> list[Any]:
        if self._writing is None:
            return super().get_override_parameters()
        path = [] if self._is_list or self._is_bulk else [super().get_override_parameters()[0]]
        own = [MODE] if self._is_bulk else [IF_MATCH]
        return [*path, DRY_RUN, REQUEST_CHANGES, *own, IDEMPOTENCY_KEY, *_answer_headers(self)]

    def get_response_serializers(self) -> Any:
        if self._writing is None:
            return super().get_response_serializers()
        if self._is_bulk:
            return {
                (200, "application/json"): _bulk_answer(self._writing),
                **problem_responses(*BULK_STATUSES),
            }
        answer = _one_answer(self._writing, self._resource)
        return {
            (200, "application/json"): answer,
            (201, "application/json"): OpenApiResponse(answer, description="新登记的"),
            **problem_responses(*ONE_STATUSES),
        }


def _one_answer(writing: Writing, resource: Resource) -> Any:
    name = writing.entry.__name__.removesuffix("Entry")
    return inline_serializer(
        f"{name}Written",
        {
            "mark": serializers.CharField(required=False, help_text="演示数据的标记"),
            "dry_run": serializers.BooleanField(),
            "result": result_serializer(writing, in_bulk=False),
            "document": resource.serializer(
                allow_null=True, help_text="写入后今天的样子；将来才生效的、试算的为 null"
            ),
        },
    )


def _bulk_answer(writing: Writing) -> Any:
    name = writing.entry.__name__.removesuffix("Entry")
    return inline_serializer(
        f"{name}RowsWritten",
        {
            "mark": serializers.CharField(required=False, help_text="演示数据的标记"),
            "applied": serializers.BooleanField(help_text="是否写入了登记"),
            "dry_run": serializers.BooleanField(),
            "counts": RowCountsSerializer(),
            "results": serializers.ListField(child=result_serializer(writing, in_bulk=True)),
        },
    )


def _query(name: str, description: str, kind: Any = SWITCH) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=description)


def _header(name: str, description: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, **more)


def _answer_headers(schema: WriteSchema) -> list[OpenApiParameter]:
    replayed = _header("Idempotency-Replayed", "true：这是同一个键先前的答复", response=[200])
    if schema._is_bulk:
        return [replayed]
    return [replayed, _header("ETag", "写入后登记的标签，可作 If-Match", response=[200, 201])]


DRY_RUN = _query("dry_run", "1：只试算，答得一样，什么也不写")
REQUEST_CHANGES = _query("request_changes", "1：对方部门登记的字段，代为提修改申请")
MODE = _query(
    "mode",
    "all：有一条不能写入就整批不写；rows：写入没有问题的",
    {"type": "string", "enum": ["all", "rows"], "default": "all"},
)
IF_MATCH = _header("If-Match", "读到的 ETag；登记已被改动则答 412")
IDEMPOTENCY_KEY = _header("Idempotency-Key", "每份内容一个新键；7 天内同键重发，只做一次，答复照旧")

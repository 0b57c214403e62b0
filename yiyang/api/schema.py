"""The OpenAPI description, drawn from the resources themselves (docs/openapi.yaml)."""

from __future__ import annotations

from typing import Any

from django_filters import ChoiceFilter, DateFilter, NumberFilter
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from yiyang.api.asking import FIELDS, LARGEST_KEY, LARGEST_PAGE, PAGE
from yiyang.api.resources import Resource

PROBLEM_STATUSES = (400, 401, 403, 404, 405, 406, 429)
PROBLEM_TYPE = "application/problem+json"
REGION_PATTERN = "^[0-9]{12}$"


class FaultSerializer(serializers.Serializer[Any]):
    """One thing wrong, in a problem document."""

    pointer = serializers.CharField(required=False, help_text="出错处的 JSON 指针")
    parameter = serializers.CharField(required=False, help_text="出错的参数名")
    code = serializers.CharField(help_text="稳定的错误代码")
    detail = serializers.CharField(help_text="中文说明")


class ProblemSerializer(serializers.Serializer[Any]):
    """An error as RFC 9457 has it."""

    type = serializers.CharField(help_text="错误说明的地址")
    title = serializers.CharField(help_text="错误的名称")
    status = serializers.IntegerField(help_text="HTTP 状态码")
    detail = serializers.CharField(help_text="该怎么办")
    code = serializers.CharField(help_text="稳定的错误代码，见 /api/docs/errors/")
    request_id = serializers.CharField(help_text="报障时告诉管理员的编号")
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]


def problem_responses(*statuses: int) -> dict[tuple[int, str], Any]:
    """The problem documents of some statuses, for a response table."""
    return {(status, PROBLEM_TYPE): ProblemSerializer for status in statuses}


class ResourceSchema(AutoSchema):
    """Operations of a resource's list and detail; writing views add their own."""

    method_mapping = {**AutoSchema.method_mapping, "put": "put"}

    @property
    def _resource(self) -> Resource:
        resource: Resource = self.view.resource  # type: ignore[attr-defined]
        return resource

    @property
    def _is_list(self) -> bool:
        return "key" not in getattr(self.view, "kwargs_named", ()) and "{key}" not in self.path

    def get_operation_id(self) -> str:
        kind = "list" if self._is_list else "retrieve"
        return f"{self._resource.code.replace('-', '_')}_{kind}"

    def get_tags(self) -> list[str]:
        return [self._resource.code]

    def get_summary(self) -> str:
        return f"{self._resource.title}：{'名单' if self._is_list else '一条'}"

    def get_description(self) -> str:  # type: ignore[override]
        return self._resource.note

    def is_deprecated(self) -> bool:
        return self._resource.farewell is not None

    def get_request_serializer(self) -> Any:
        return None

    def get_override_parameters(self) -> list[Any]:
        fields = _parameter(FIELDS, "只要这些字段，逗号分开", str)
        if not self._is_list:
            return [_key_parameter(self._resource), fields, _as_of()]
        return [*_filters_of(self._resource), fields, *_paging()]

    def get_response_serializers(self) -> Any:
        resource = self._resource
        problems = problem_responses(*PROBLEM_STATUSES)
        if not self._is_list:
            return {(200, "application/json"): resource.serializer, **problems}
        return {
            (200, "application/json"): _page_of(resource),
            (200, "text/csv"): str,
            (200, "application/x-ndjson"): str,
            **problems,
        }

    def get_filter_backends(self) -> list[Any]:
        return []

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


def _page_of(resource: Resource) -> Any:
    name = "".join(part.title() for part in resource.code.split("-"))
    return inline_serializer(
        f"{name}Page",
        {
            "mark": serializers.CharField(required=False, help_text="演示数据的标记"),
            "next": serializers.CharField(allow_null=True, help_text="下一页的地址，末页为 null"),
            "after": serializers.IntegerField(allow_null=True, help_text="下一页从哪里接着读"),
            "results": resource.serializer(many=True),
        },
    )


def _filters_of(resource: Resource) -> list[OpenApiParameter]:
    return [_filter(name, one) for name, one in resource.filterset.base_filters.items()]


def _filter(name: str, one: Any) -> OpenApiParameter:
    label = str(one.label)
    if isinstance(one, DateFilter):
        return _parameter(name, f"{label}，如 2027-03-01", _day())
    if name == "region":
        text = f"{label}的 12 位代码，含所有下级"
        return _parameter(name, text, {"type": "string", "pattern": REGION_PATTERN})
    if isinstance(one, ChoiceFilter):
        choices = [value for value, _ in one.field.choices if value]
        return OpenApiParameter(name, str, description=label, enum=choices)
    if isinstance(one, NumberFilter):
        span = {"minimum": one.extra["min_value"], "maximum": one.extra["max_value"]}
        return _parameter(name, label, {"type": "integer", **span})
    return _parameter(name, label, {"type": "string", "maxLength": one.extra["max_length"]})


def _as_of() -> OpenApiParameter:
    return _parameter("as_of", "哪一天的情况，缺省今天，如 2027-03-01", _day())


def _day() -> dict[str, str]:
    return {"type": "string", "format": "date"}


def _paging() -> list[OpenApiParameter]:
    number = {"type": "integer", "minimum": 0, "maximum": LARGEST_KEY}
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}
    return [
        _parameter("after", "从上一页给出的 after 之后接着读", number),
        _parameter("limit", "一页几条", limit),
    ]


def _key_parameter(resource: Resource) -> OpenApiParameter:
    kind: dict[str, Any] = {"type": "string"}
    if resource.lookup == "pk":
        kind = {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY}
    return OpenApiParameter(
        "key", kind, OpenApiParameter.PATH, description=f"{resource.title}的 {resource.lookup_name}"
    )


def _parameter(name: str, description: str, kind: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=description)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a caller shows its token."""

    target_class = "yiyang.api.authentication.TokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}

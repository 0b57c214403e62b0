"""The OpenAPI description of whole registers and of the two lists held against each other."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from institutions.api.entries import UploadEntry
from institutions.api.uploads import UPLOADS, UploadDocument
from yiyang.api.asking import LARGEST_KEY, LARGEST_PAGE, PAGE
from yiyang.api.schema import (
    PROBLEM_STATUSES,
    FaultSerializer,
    ResourceSchema,
    problem_responses,
)
from yiyang.api.write_schema import ROW_CHOICES, SWITCH, RequestMadeSerializer, key_class
from yiyang.api.writing import RowStatus

SEND_STATUSES = (*PROBLEM_STATUSES, 413, 415, 422)
SEND_NOTE = """\
报送一个月的整册：全部养老服务机构，各带月末的床位与在住人数。收下即答 202，后台处理；
处理到哪里、每行的结果与回执，见 uploads/{uid}/ 与 uploads/{uid}/rows/。

- 民政登记的字段自动写入，自月末日（或行里的 starts_on）起；没写的字段保持登记的样子。
- 有问题的行不影响别的行；对方部门登记的字段答 needs_consent，加 request_changes=1 则代提申请。
- 没有登记过的编码，若与登记里的某家疑为同一家，不会另登记一家，答 probable_match。
- 内容相同的整册再发一次，答 200 与原来的回执，什么也不改。
- 行数比上一次少两成以上，不收（upload_refused）。
- 内容也可为 NDJSON：一行一条。
"""
RECONCILE_NOTE = """\
按月末那天，把整册与我方现在的登记两相对照：

- ours_only：登记里有、整册里没有；theirs_only：整册里有、登记里没有（why 为没有写入的原因）；
- conflicting：两边都有而不一致，逐项并列；probable：编码不同而疑为同一家；
- advice 为各自该怎么办。
"""


class EntryFields(serializers.Serializer[Any]):
    """One institution on one of the lists."""

    code = serializers.CharField(help_text="机构编码")
    name = serializers.CharField(help_text="名称")
    region_name = serializers.CharField(help_text="区划名称")


class OneSidedFields(EntryFields):
    """One institution on one list only."""

    advice = serializers.CharField(help_text="该怎么办")
    why = serializers.CharField(help_text="状态，或没有写入的原因")


class DifferenceFields(serializers.Serializer[Any]):
    """One field on which the lists disagree."""

    field = serializers.CharField(help_text="字段名")
    label = serializers.CharField(help_text="字段的中文名")  # type: ignore[assignment]
    ours = serializers.CharField(help_text="我方登记")
    theirs = serializers.CharField(help_text="整册所报")
    advice = serializers.CharField(help_text="该怎么办")


class ConflictFields(EntryFields):
    """One institution that both lists hold, differently."""

    differences = DifferenceFields(many=True)


class OurFields(serializers.Serializer[Any]):
    """One of ours."""

    code = serializers.CharField()
    name = serializers.CharField()


class ProbableFields(OneSidedFields):
    """One of theirs that is most likely one of ours."""

    ours = OurFields()


class ReconciliationCounts(serializers.Serializer[Any]):
    """How many of each."""

    agreed = serializers.IntegerField(help_text="两边一致")
    ours_only = serializers.IntegerField()
    theirs_only = serializers.IntegerField()
    conflicting = serializers.IntegerField()
    probable = serializers.IntegerField()


class ReconciliationFields(serializers.Serializer[Any]):
    """The two lists held against each other."""

    mark = serializers.CharField(required=False, help_text="演示数据的标记")
    upload = serializers.UUIDField(help_text="整册的编号")
    month = serializers.CharField(help_text="月份，如 2026-03")
    counts = ReconciliationCounts()
    ours_only = OneSidedFields(many=True)
    theirs_only = OneSidedFields(many=True)
    conflicting = ConflictFields(many=True)
    probable = ProbableFields(many=True)


class SentFields(UploadDocument):
    """The receipt as the sender is answered."""

    mark = serializers.CharField(required=False, help_text="演示数据的标记")

    class Meta(UploadDocument.Meta):
        fields = ("mark", *UploadDocument.Meta.fields)  # type: ignore[assignment]


class UploadSchema(ResourceSchema):
    """Uploads: listed and read like any resource, and sent."""

    def get_operation_id(self) -> str:
        return "uploads_send" if self.method == "POST" else super().get_operation_id()

    def get_summary(self) -> str:
        return "民政整册：报送一个月的" if self.method == "POST" else super().get_summary()

    def get_description(self) -> str:  # type: ignore[override]
        return SEND_NOTE if self.method == "POST" else super().get_description()

    def get_request_serializer(self) -> Any:
        if self.method != "POST":
            return None
        rows = serializers.ListField(child=UploadEntry(), min_length=1)
        return inline_serializer("UploadRows", {"rows": rows})

    def get_override_parameters(self) -> list[Any]:
        if self.method != "POST":
            return super().get_override_parameters()
        month = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}
        return [
            OpenApiParameter("month", month, required=True, description="报送的月份，如 2026-03"),
            OpenApiParameter(
                "request_changes", SWITCH, description="1：对方部门登记的字段，代为提修改申请"
            ),
            OpenApiParameter("accept_short", SWITCH, description="1：确实少了两成以上，仍然收下"),
        ]

    def get_response_serializers(self) -> Any:
        if self.method != "POST":
            return super().get_response_serializers()
        return {
            (202, "application/json"): SentFields,
            (200, "application/json"): OpenApiResponse(SentFields, description="早已收下同样的"),
            **problem_responses(*SEND_STATUSES),
        }


class UploadRowsSchema(AutoSchema):
    """The rows of one upload."""

    def get_operation_id(self) -> str:
        return "uploads_rows"

    def get_tags(self) -> list[str]:
        return [UPLOADS.code]

    def get_summary(self) -> str:
        return "民政整册：每行的结果"

    def get_request_serializer(self) -> Any:
        return None

    def get_filter_backends(self) -> list[Any]:
        return []

    def get_override_parameters(self) -> list[Any]:
        number = {"type": "integer", "minimum": 0, "maximum": LARGEST_KEY}
        limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}
        one = "|".join(status.value for status in RowStatus)
        statuses = {"type": "string", "pattern": f"^({one})(,({one}))*$"}
        return [
            _key_parameter(),
            OpenApiParameter("after", number, description="从上一页给出的 after 之后接着读"),
            OpenApiParameter("limit", limit, description="一页几条"),
            OpenApiParameter("status", statuses, description="只要这些结果的，逗号分开"),
        ]

    def get_response_serializers(self) -> Any:
        row = inline_serializer(
            "UploadRowResult",
            {
                "row": serializers.IntegerField(help_text="第几行，从 0 起"),
                "key": key_class("Upload", ("code",))(),
                "status": serializers.ChoiceField(
                    ROW_CHOICES, allow_null=True, help_text="还没有处理到的为 null"
                ),
                "requests": RequestMadeSerializer(many=True),
                "errors": FaultSerializer(many=True),
            },
        )
        page = inline_serializer(
            "UploadRowsPage",
            {
                "mark": serializers.CharField(required=False, help_text="演示数据的标记"),
                "next": serializers.CharField(allow_null=True),
                "after": serializers.IntegerField(allow_null=True),
                "results": serializers.ListField(child=row),
            },
        )
        return {(200, "application/json"): page, **problem_responses(*PROBLEM_STATUSES)}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


class ReconciliationSchema(UploadRowsSchema):
    """The two lists held against each other."""

    def get_operation_id(self) -> str:
        return "reconciliations_retrieve"

    def get_tags(self) -> list[str]:
        return ["reconciliations"]

    def get_summary(self) -> str:
        return "两册核对"

    def get_description(self) -> str:  # type: ignore[override]
        return RECONCILE_NOTE

    def get_override_parameters(self) -> list[Any]:
        return [_key_parameter()]

    def get_response_serializers(self) -> Any:
        problems = problem_responses(*PROBLEM_STATUSES, 409)
        return {(200, "application/json"): ReconciliationFields, **problems}


def _key_parameter() -> OpenApiParameter:
    kind = {"type": "string", "format": "uuid"}
    return OpenApiParameter("key", kind, OpenApiParameter.PATH, description="整册的 uid")

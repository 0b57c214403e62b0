"""The OpenAPI description of subscriptions."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from yiyang.api.schema import PROBLEM_STATUSES, problem_responses
from yiyang.api.webhooks.documents import (
    CODE,
    NewSubscriptionFields,
    SubscribeFields,
    SubscriptionFields,
)

SUMMARIES = {
    ("GET", False): "订阅：名单",
    ("POST", False): "订阅变更通知",
    ("GET", True): "订阅：一条",
    ("DELETE", True): "退订",
}
OPERATIONS = {"GET": "list", "POST": "create", "DELETE": "end"}
NOTE = """\
订阅之后，有新变更时我方向通知地址 POST 一个 JSON：`{"delivery", "subscription", "up_to"}`，\
只说变更到了哪个编号，不含任何登记；内容请照常从 /changes/ 读。

- 每分钟至多一次；没有答 2xx 的隔 1 分钟至 24 小时再送，共 8 次，仍不行便作罢，原因见 trouble。
- 一次通知可能送到不止一次（`delivery` 相同），照 up_to 读到哪里算哪里即可。
- 验签：取请求头 Webhook-Timestamp 与原样的内容，以“.”相连，用订阅时给的 secret（先由十六进制\
还原成字节）算 HMAC-SHA256，与 Webhook-Signature 里 `v1=` 之后的十六进制相同才可信；\
时间相差五分钟以上的不要理会。
- 地址须是 https，证书须可信；不跟随跳转；内部网络的地址须先由我方系统管理员放行。
- 更换令牌时，订阅随新令牌继续；密钥不换。换密钥请另订一个，再退掉旧的。
"""


class SubscriptionSchema(AutoSchema):
    """The four operations of subscriptions."""

    @property
    def _of_one(self) -> bool:
        return "{uid}" in self.path

    def get_operation_id(self) -> str:
        kind = "retrieve" if self._of_one and self.method == "GET" else OPERATIONS[self.method]
        return f"{CODE}_{kind}"

    def get_tags(self) -> list[str]:
        return [CODE]

    def get_summary(self) -> str:
        return SUMMARIES[self.method, self._of_one]

    def get_description(self) -> str:  # type: ignore[override]
        return NOTE if self.method == "POST" else ""

    def get_request_serializer(self) -> Any:
        return SubscribeFields if self.method == "POST" else None

    def get_filter_backends(self) -> list[Any]:
        return []

    def get_override_parameters(self) -> list[Any]:
        if not self._of_one:
            return []
        kind = {"type": "string", "format": "uuid"}
        return [OpenApiParameter("uid", kind, OpenApiParameter.PATH, description="订阅的编号")]

    def get_response_serializers(self) -> Any:
        if self.method == "POST":
            problems = problem_responses(*PROBLEM_STATUSES, 413, 415)
            return {(201, "application/json"): NewSubscriptionFields, **problems}
        problems = problem_responses(*PROBLEM_STATUSES)
        if self.method == "DELETE":
            return {204: None, **problems}
        page = SubscriptionFields if self._of_one else _page()
        return {(200, "application/json"): page, **problems}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


def _page() -> Any:
    return inline_serializer(
        "SubscriptionsPage",
        {
            "mark": serializers.CharField(required=False, help_text="演示数据的标记"),
            "results": SubscriptionFields(many=True),
        },
    )

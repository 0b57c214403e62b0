"""What a subscription says of itself, and what is asked for one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from yiyang.api.webhooks.addresses import LONGEST_URL
from yiyang.api.webhooks.models import DeliveryState

CODE, TITLE = "subscriptions", "变更通知的订阅与退订"
MOST_CODES = 40


class StrictText(serializers.CharField):
    """Text only: a number or a truth value is not turned into one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class SubscribeFields(serializers.Serializer[Any]):
    """What is asked for a new subscription."""

    url = StrictText(max_length=LONGEST_URL, help_text="通知地址，https:// 开头")
    resources = serializers.ListField(
        child=StrictText(max_length=40),
        required=False,
        max_length=MOST_CODES,
        help_text="关心哪些资源；不写为令牌能读的全部",
    )


class SubscriptionFields(serializers.Serializer[Any]):
    """A subscription with how its last notice fared."""

    mark = serializers.CharField(required=False, help_text="演示数据的标记")
    id = serializers.UUIDField(help_text="订阅的编号，也是签名的密钥编号")
    url = serializers.CharField(help_text="通知地址")
    resources = serializers.ListField(
        child=serializers.CharField(), help_text="关心的资源，空为全部"
    )
    started_at = serializers.DateTimeField(help_text="订阅时间")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="退订时间")
    up_to = serializers.IntegerField(allow_null=True, help_text="最近一次通知说到的编号")
    state = serializers.ChoiceField(
        choices=DeliveryState.choices, allow_null=True, help_text="最近一次通知的状态"
    )
    attempts = serializers.IntegerField(allow_null=True, help_text="最近一次通知投递了几次")
    trouble = serializers.CharField(allow_null=True, help_text="没送到的原因")
    delivered_at = serializers.DateTimeField(allow_null=True, help_text="最近一次通知何时了结")


class NewSubscriptionFields(SubscriptionFields):
    """A subscription just begun, with its secret."""

    secret = serializers.CharField(help_text="验签的密钥，十六进制；只给这一次")


def document_of(one: Any) -> dict[str, Any]:
    """The subscription as the API tells it; the secret is not in it."""
    return {
        "id": one.uid,
        "url": one.url,
        "resources": one.resources,
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "up_to": one.last_up_to,
        "state": one.last_state,
        "attempts": one.last_attempts,
        "trouble": one.last_trouble,
        "delivered_at": one.last_done_at,
    }

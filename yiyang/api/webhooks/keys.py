"""The subscriptions' secrets, as the rotation of master keys knows them."""

from __future__ import annotations

from yiyang.api.webhooks.models import Subscription
from yiyang.keys import KeyColumn

SECRETS = KeyColumn(Subscription, "wrapped", "uid", "个变更订阅的密钥")

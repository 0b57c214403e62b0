"""How many failed sign-ins close an account, and how many a whole network."""

from __future__ import annotations

import datetime
import ipaddress
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import HttpRequest

from yiyang.audit.context import network_of

# 一处宽带就有整段 IPv6 地址，换着用也仍是同一处。
IPV6_PREFIX = 64


class LockoutHandler(AxesDatabaseHandler):  # type: ignore[misc]  # axes 没有类型
    """Count failures per account from anywhere, and per network whatever the account.

    An office shares one address behind its router, so a network has the higher limit: one
    forgetful colleague does not lock everybody out, but going through the staff list does.
    """

    def get_failures(self, request: HttpRequest, credentials: Any = None) -> int:
        """Return how full the fuller of the two counts is, in failures of an account."""
        of_account, of_network = (
            _failures(attempts) for attempts in self.get_user_attempts(request, credentials)
        )
        if of_network >= settings.NETWORK_FAILURE_LIMIT:
            return int(settings.AXES_FAILURE_LIMIT)
        return of_account

    def reset_user_attempts(self, request: HttpRequest, credentials: Any = None) -> int:
        """Forget the failures of the account that got in; the network's others go on counting."""
        username = get_client_username(request, credentials)
        # 否则猜口令的人隔一会儿用自己的账号登录一次，整个网络的计数就清了。
        of_account = AccessAttempt.objects.filter(username=username)
        deleted, _ = of_account.delete()
        return int(deleted)


def network_to_count(request: HttpRequest) -> str | None:
    """Return the network whose failures are added up; axes asks, for every attempt."""
    source = network_of(request)
    if not source:
        return None
    address = ipaddress.ip_address(source)
    if address.version == 4:  # noqa: PLR2004 - 协议的版本号
        return source
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False).network_address)


def locked_usernames(at: datetime.datetime) -> set[str]:
    """Return the names closed at this instant by their own failures, accounts or not."""
    since = at - datetime.timedelta(hours=settings.AXES_COOLOFF_TIME)
    counted = (
        AccessAttempt.objects.filter(attempt_time__gte=since)
        .values("username")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    # axes 的默认排序会混进分组。
    return {row["username"] for row in counted.order_by()}


def forget_failures(username: str) -> int:
    """Open the account again; returns how many records of failures there were."""
    deleted, _ = AccessAttempt.objects.filter(username=username).delete()
    return int(deleted)


def _failures(attempts: QuerySet[AccessAttempt]) -> int:
    return attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0

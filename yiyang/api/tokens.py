"""The verbs of API tokens: issued, replaced without a gap, taken back, recognised."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models.functions import Now

from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor, unknown_actor
from yiyang.api.models import ApiToken, ApiTokenUse
from yiyang.api.webhooks.actions import hand_over_subscriptions
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.changelog.context import SYSTEM, Recorder, recorded

MARK = "yy_"
PREFIX_LENGTH = len(MARK) + 8
SECRET_BYTES = 24
NOT_A_CLIENT = "只有“民政接口”角色的账号可以持有令牌；请先开设接口账号。"
TOO_LONG = "令牌最长 {days} 天，请把到期日期提前到 {last} 或更早。"
BAD_NETWORK = "“{text}”不是网段；请写成 10.1.2.0/24 或一个地址。"
ALREADY_GONE = "这个令牌已经收回或被接替，不能再办。"

RegionSource = Callable[[int], tuple[int, ...]]
RegionKeeper = Callable[[ApiToken, Sequence[str]], None]


@dataclass(slots=True)
class _Regions:
    """Where an upper app keeps the regions of tokens; the access layer knows no region."""

    of: RegionSource = lambda token_id: ()
    keep: RegionKeeper = lambda token, codes: None


_regions = _Regions()


def register_token_regions(*, of: RegionSource, keep: RegionKeeper) -> None:
    """Let the app of regions tell those of a token, and keep them when one is issued."""
    _regions.of, _regions.keep = of, keep


def issue_token(
    *,
    by: Recorder,
    user: User,
    name: str,
    reads: Sequence[str],
    writes: Sequence[str],
    regions: Sequence[str],
    networks: Sequence[str],
    on: date,
    expires_on: date,
) -> tuple[ApiToken, str]:
    """Issue a token; its text is returned once and kept nowhere.

    `regions` are 12-digit codes, none for the whole of what the account sees. ValidationError
    where the account is no client, a network is none, or it would last too long.
    """
    _refuse(user, on, expires_on)
    token = ApiToken(
        user=user,
        name=name.strip(),
        reads=sorted(set(reads)),
        writes=sorted(set(writes)),
        networks=[as_network(text) for text in networks],
        issued_on=on,
        expires_on=expires_on,
        issued_by_id=_user_id(by),
    )
    return token, _keep(by, token, "签发接口令牌", lambda: _regions.keep(token, regions))


def rotate_token(
    *, by: Recorder, token: ApiToken, on: date, expires_on: date, overlap_days: int
) -> tuple[ApiToken, str]:
    """Issue a successor of the same scope; the old token opens for `overlap_days` more."""
    if token.revoked_at is not None or ApiToken.objects.filter(replaces=token).exists():
        raise ValidationError(ALREADY_GONE)
    _refuse(token.user, on, expires_on)
    same = ("user", "name", "reads", "writes", "networks")
    successor = ApiToken(
        **{field: getattr(token, field) for field in same},
        issued_on=on,
        expires_on=expires_on,
        issued_by_id=_user_id(by),
        replaces=token,
    )

    def hand_over() -> None:
        _regions.keep(successor, codes_of(token))
        hand_over_subscriptions(token, successor)
        last = min(token.expires_on, on + timedelta(days=overlap_days))
        ApiToken.objects.filter(pk=token.pk).update(expires_on=last)

    return successor, _keep(by, successor, "更换接口令牌", hand_over)


def revoke_token(*, by: Recorder, token: ApiToken, at: datetime, reason: str) -> None:
    """Take a token back at once. ValidationError where it is gone already."""
    with recorded(by=by, reason=f"收回接口令牌：{reason}"):
        if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
            raise ValidationError(ALREADY_GONE)
    _audit(by, token, "revoke", reason)


def take_back_all(user: User) -> None:
    """Take back every token of an account that is being closed."""
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=Now())


def recognise(text: str, day: date) -> ApiToken | None:
    """The usable token with that text; None for any other, told apart by nothing."""
    found = ApiToken.objects.usable(day).filter(prefix=text[:PREFIX_LENGTH])
    token = found.select_related("user").first()
    # 没有这个开头也照样比一次：答得快慢不告诉别人开头对不对。
    is_right = hmac.compare_digest(token.digest if token else "", digest_of(text))
    return token if is_right else None


def comes_from_its_network(token: ApiToken, address: str) -> bool:
    """Whether the address lies in one of the token's networks."""
    try:
        came_from = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(came_from in ipaddress.ip_network(network) for network in token.networks)


def actor_of_token(token: ApiToken, day: date) -> Actor:
    """The account's actor, narrowed to the token's regions."""
    if token.user.role != Role.CIVIL_AFFAIRS_CLIENT:
        return unknown_actor(day)
    actor = known_actor(token.user_id, token.user.role, day)
    region_ids = _regions.of(token.pk)
    return replace(actor, whole_city=False, region_ids=region_ids) if region_ids else actor


def note_use(token: ApiToken, at: datetime, address: str) -> None:
    """Remember the use, at most once a minute."""
    fresh = at - timedelta(seconds=settings.SESSION_SEEN_SECONDS)
    if ApiTokenUse.objects.filter(token=token, used_at__gt=fresh).exists():
        return
    ApiTokenUse.objects.update_or_create(
        token=token, defaults={"used_at": at, "network": address or None}
    )


def digest_of(text: str) -> str:
    """A plain hash does: 192 random bits cannot be guessed."""
    return hashlib.sha256(text.encode()).hexdigest()


def as_network(text: str) -> str:
    """The network in its standard form. ValidationError where it is none."""
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError as error:
        raise ValidationError({"networks": BAD_NETWORK.format(text=text[:60])}) from error


def codes_of(token: ApiToken) -> list[str]:
    """The codes of the token's regions, as they were given when it was issued."""
    return list(token.regions.values_list("region__code", flat=True))


def _refuse(user: User, on: date, expires_on: date) -> None:
    if user.role != Role.CIVIL_AFFAIRS_CLIENT or not user.is_active:
        raise ValidationError({"user": NOT_A_CLIENT})
    last = on + timedelta(days=settings.API_TOKEN_MAX_DAYS)
    if expires_on > last:
        message = TOO_LONG.format(days=settings.API_TOKEN_MAX_DAYS, last=last)
        raise ValidationError({"expires_on": message})


def _keep(by: Recorder, token: ApiToken, reason: str, also: Callable[[], None]) -> str:
    text = MARK + secrets.token_hex(SECRET_BYTES)
    token.prefix, token.digest = text[:PREFIX_LENGTH], digest_of(text)
    token.full_clean()
    with recorded(by=by, reason=reason):
        token.save(force_insert=True)
        also()
    _audit(by, token, "issue", reason)
    return text


def _audit(by: Recorder, token: ApiToken, change: str, reason: str) -> None:
    record(
        kind=EventKind.TOKEN,
        actor_id=_user_id(by),
        outcome=Outcome.ALLOWED,
        subject=f"yiyang_apitoken:{token.pk}",
        reason=reason,
        details={"change": change, "account": token.user.username},
    )


def _user_id(by: Recorder) -> int | None:
    if by is SYSTEM:
        return None
    return by.pk if isinstance(by, User) else by.user_id

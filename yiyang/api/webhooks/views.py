"""/subscriptions/: begin, list, look at and end the notices of changes."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request

from yiyang.access.http import asked_at
from yiyang.api.asking import refuse_unknown
from yiyang.api.bodies import json_text, with_etag
from yiyang.api.changes import CODE as CHANGES
from yiyang.api.errors import Fault, Refusal, refused
from yiyang.api.models import ApiToken
from yiyang.api.parsing import read_json
from yiyang.api.views import JSON, WRITING, ApiView, actor_of, inner
from yiyang.api.webhooks.actions import end_subscription, subscribe
from yiyang.api.webhooks.documents import CODE, SubscribeFields, document_of
from yiyang.api.webhooks.models import Subscription
from yiyang.api.webhooks.schema import SubscriptionSchema

CREATED, NO_CONTENT = 201, 204
NO_SUCH_FIELD = "没有“{name}”这个字段。"
NOT_AN_OBJECT = "请发送一个 JSON 对象。"
NOT_READABLE = "令牌不能读“{code}”，不能订阅它的变更。"


class OfSubscriptions(ApiView):
    """Reading needs the feed's own scope, beginning and ending one of its own."""

    schema = SubscriptionSchema()

    def refuse_out_of_scope(self, request: Request, token: ApiToken) -> None:
        """403 unless the token may read the feed, and may subscribe where it writes."""
        if CHANGES not in token.reads:
            raise refused(Refusal.OUT_OF_SCOPE)
        if request.method in WRITING and CODE not in token.writes:
            raise refused(Refusal.OUT_OF_SCOPE)


class SubscriptionsView(OfSubscriptions):
    """The account's subscriptions, ended ones included; a new one."""

    def get(self, request: Request) -> HttpResponseBase:
        refuse_unknown(inner(request).GET, frozenset())
        found = [document_of(one) for one in held_by(request)]
        response = HttpResponse(json_text({**mark(), "results": found}), content_type=JSON)
        return with_etag(request._request, response)

    def post(self, request: Request) -> HttpResponseBase:
        refuse_unknown(inner(request).GET, frozenset())
        fields = _asked(request)
        made, secret = subscribe(
            by=actor_of(request),
            token=cast(ApiToken, request.auth),
            url=fields["url"],
            resources=fields.get("resources", []),
            at=asked_at(inner(request)),
        )
        document = {**mark(), **document_of(held_by(request).get(pk=made.pk)), "secret": secret}
        answer = HttpResponse(json_text(document), content_type=JSON, status=CREATED)
        answer["Location"] = request.build_absolute_uri(f"{request.path}{made.uid}/")
        answer["Cache-Control"] = "no-store"
        return answer


class SubscriptionView(OfSubscriptions):
    """One subscription; its end."""

    def get(self, request: Request, uid: str) -> HttpResponseBase:
        refuse_unknown(inner(request).GET, frozenset())
        text = json_text({**mark(), **document_of(_one(request, uid))})
        return with_etag(request._request, HttpResponse(text, content_type=JSON))

    def delete(self, request: Request, uid: str) -> HttpResponseBase:
        refuse_unknown(inner(request).GET, frozenset())
        at = asked_at(inner(request))
        end_subscription(by=actor_of(request), subscription=_one(request, uid), at=at)
        return HttpResponse(status=NO_CONTENT)


def mark() -> dict[str, str]:
    """The mark of the demo, which every answer of it carries."""
    return {"mark": settings.DEMO_MARK} if settings.DEMO else {}


def held_by(request: Request) -> QuerySet[Any]:
    """The account's subscriptions, each with how its last notice fared; newest first."""
    token = cast(ApiToken, request.auth)
    held = Subscription.objects.visible_to(actor_of(request)).filter(token__user=token.user_id)
    return held.with_last_notice().order_by("-id")


def _one(request: Request, uid: str) -> Subscription:
    try:
        found: Subscription | None = held_by(request).filter(uid=UUID(uid)).first()
    except ValueError:
        found = None
    if found is None:
        raise refused(Refusal.NOT_FOUND)
    return found


def _asked(request: Request) -> dict[str, Any]:
    """What the body asks for, every part of it checked."""
    body = read_json(request._request)
    if not isinstance(body, dict):
        raise refused(Refusal.INVALID, faults=(Fault(NOT_AN_OBJECT, "invalid", "#"),))
    if unknown := set(body) - set(SubscribeFields().fields):
        name = min(unknown)[:60]
        fault = Fault(NO_SUCH_FIELD.format(name=name), "unknown_field", f"#/{name}")
        raise refused(Refusal.INVALID, faults=(fault,))
    asked = SubscribeFields(data=body)
    asked.is_valid(raise_exception=True)
    fields: dict[str, Any] = dict(asked.validated_data)
    reads = cast(ApiToken, request.auth).reads
    for place, code in enumerate(fields.get("resources", [])):
        if code not in reads:
            fault = Fault(NOT_READABLE.format(code=code), "invalid", f"#/resources/{place}")
            raise refused(Refusal.INVALID, faults=(fault,))
    return fields

"""GET /changes/: what has changed since a number, in order, with what is gone."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from yiyang.api.asking import LARGEST_KEY, LARGEST_PAGE, PAGE, asked_number, refuse_unknown
from yiyang.api.bodies import json_text, with_etag
from yiyang.api.errors import Refusal, refused
from yiyang.api.feed import FeedPage, ResyncRequiredError, feed_page
from yiyang.api.feed_kinds import all_kinds
from yiyang.api.feed_told import CREATE, MERGE, TOMBSTONE, UPDATE, Told
from yiyang.api.models import ApiToken
from yiyang.api.schema import PROBLEM_STATUSES, problem_responses
from yiyang.api.views import JSON, ApiView, actor_of

CODE, TITLE = "changes", "变更"
ASKED = frozenset({"after", "limit"})
GONE = 410
NOTE = """\
从编号 after 之后接着读，按编号先后给出变动过的记录，不漏号。

- create、update：`document` 是这条记录现在的样子，照着覆盖；离开又进入令牌区划的也算 create。
- tombstone：作废了，或已不在令牌的区划内；手里有就删，没有就略过。从来不在区划内的不提。
- merge：机构编码并入了 `into` 那一家，按 tombstone 删；名下的登记各有自己的变更。
- 同一条记录在一页里只出现一次，编号取最后一次；同一页读两遍结果一样。
- `after` 是本页读到的编号，下次从它接着读；`more` 为 false 即读到了头，过一会儿再来。
- `head` 是眼下最大的编号。初次同步：先取 head，再整册下载（`as_of=2100-12-31`，含将来生效的），\
然后从 head 接着读；从 0 读起也得到同样的结果。
- 410 resync_required：令牌区划的隶属变了，或我方由备份恢复过；\
重新整册下载，从响应的 after 接着读。
- `resource` 与各资源同名，`key` 是记录的 id。
- 协议的 state 随日子变，不在 document 里，请按日期推算。
- 指标口径、量度批次与结果不在其列：写定不改，按 id 往后读即可。
"""


class TokenScope:
    """A view whose scope is a code of its own, not a resource's."""

    scope: str
    of_writes: bool = False

    def refuse_out_of_scope(self, request: Request, token: ApiToken) -> None:
        """403 unless the token carries the code."""
        if self.scope not in (token.writes if self.of_writes else token.reads):
            raise refused(Refusal.OUT_OF_SCOPE)


class ChangeFields(serializers.Serializer[Any]):
    """One record that has changed."""

    number = serializers.IntegerField(help_text="编号")
    operation = serializers.ChoiceField(
        choices=(
            (CREATE, "新增或进入区划"),
            (UPDATE, "修改"),
            (TOMBSTONE, "作废或离开区划"),
            (MERGE, "并入另一条"),
        ),
        help_text="怎么变的",
    )
    resource = serializers.CharField(help_text="哪种资源")
    key = serializers.IntegerField(help_text="记录的 id")
    document = serializers.DictField(
        required=False, help_text="记录现在的样子，字段同该资源；tombstone 与 merge 没有"
    )
    into = serializers.IntegerField(required=False, help_text="merge 才有：并入的记录的 id")


class ChangePageFields(serializers.Serializer[Any]):
    """A page of the feed."""

    mark = serializers.CharField(required=False, help_text="演示数据的标记")
    after = serializers.IntegerField(help_text="本页读到的编号，下次从这里接着读")
    head = serializers.IntegerField(help_text="眼下最大的编号")
    more = serializers.BooleanField(help_text="后面还有没有")
    results = ChangeFields(many=True)


class ChangesSchema(AutoSchema):
    """The one operation of the feed."""

    def get_operation_id(self) -> str:
        return "changes_list"

    def get_tags(self) -> list[str]:
        return [CODE]

    def get_summary(self) -> str:
        return "变更：从某个编号之后"

    def get_description(self) -> str:  # type: ignore[override]
        told = "、".join(kind.code for kind in all_kinds())
        return f"{NOTE}\n变更包括：{told}；令牌能读哪些就给哪些。"

    def get_request_serializer(self) -> Any:
        return None

    def get_filter_backends(self) -> list[Any]:
        return []

    def get_override_parameters(self) -> list[Any]:
        number = {"type": "integer", "minimum": 0, "maximum": LARGEST_KEY, "default": 0}
        limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}
        return [
            OpenApiParameter("after", number, description="从哪个编号之后读起"),
            OpenApiParameter(
                "limit", limit, description="一页看几个编号；带出的相关记录另计，至多再翻一倍"
            ),
        ]

    def get_response_serializers(self) -> Any:
        problems = problem_responses(*PROBLEM_STATUSES, GONE)
        return {(200, "application/json"): ChangePageFields, **problems}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False


class ChangesView(TokenScope, ApiView):
    """The feed of changes, as the token may see them."""

    scope = CODE
    schema = ChangesSchema()

    def get(self, request: Request) -> HttpResponseBase:
        query = request._request.GET
        refuse_unknown(query, ASKED)
        after = asked_number(query, "after", LARGEST_KEY) or 0
        limit = asked_number(query, "limit", LARGEST_PAGE, least=1) or PAGE
        token = cast(ApiToken, request.auth)
        try:
            page = feed_page(actor_of(request), token.reads, after, limit)
        except ResyncRequiredError as error:
            raise refused(Refusal.RESYNC_REQUIRED, extra={"after": error.after}) from None
        response = HttpResponse(body_of(page), content_type=JSON)
        return with_etag(request._request, response)


def body_of(page: FeedPage) -> str:
    """The page as JSON, the documents as the database wrote them."""
    head = {"mark": settings.DEMO_MARK} if settings.DEMO else {}
    more = page.after < page.head
    opening = json_text({**head, "after": page.after, "head": page.head, "more": more})[:-1]
    return f'{opening}, "results": [{",".join(map(_text, page.told))}]}}'


def _text(one: Told) -> str:
    said = f'"number": {one.number}, "operation": "{one.operation}"'
    which = f'"resource": "{one.code}", "key": {one.key}'
    document = "" if one.text is None else f', "document": {one.text}'
    into = "" if one.into is None else f', "into": {one.into}'
    return f"{{{said}, {which}{into}{document}}}"

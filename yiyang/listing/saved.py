"""The verbs of saved filters: keep, change, throw away; and which of them a list offers."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict

from yiyang.access.scope import Actor
from yiyang.listing.models import LONGEST_QUERY, SavedFilter
from yiyang.listing.register import Place

MOST_OFFERED = 30
MOST_OWNED = 50
NOT_KNOWN = "请先登录再保存常用筛选。"


def save_filter(
    *, by: Actor, place: Place, name: str, query: QueryDict, is_shared: bool
) -> SavedFilter:
    """Keep the parameters under a name; ValidationError says what is wrong with it."""
    if by.user_id is None or not by.may(place.permission):
        raise PermissionDenied(NOT_KNOWN)
    if SavedFilter.objects.filter(owner=by.user_id).count() >= MOST_OWNED:
        raise ValidationError(f"常用筛选最多保存 {MOST_OWNED} 个，请先删去不用的。")
    kept = SavedFilter(
        owner_id=by.user_id,
        register=place.code,
        name=name.strip(),
        query=_kept_query(place, query),
        is_shared=is_shared,
    )
    kept.full_clean()
    kept.save(force_insert=True)
    return kept


def change_filter(*, by: Actor, kept: SavedFilter, name: str, is_shared: bool) -> None:
    """Rename one's own filter, share it or no longer."""
    _refuse_anothers(by, kept)
    kept.name, kept.is_shared = name.strip(), is_shared
    kept.full_clean()
    kept.save(update_fields=["name", "is_shared"])


def drop_filter(*, by: Actor, kept: SavedFilter) -> None:
    """Throw away one's own filter; it is a convenience and no business record."""
    _refuse_anothers(by, kept)
    kept.delete()


def offered_filters(actor: Actor, register: str) -> Sequence[SavedFilter]:
    """The filters of a list its page offers: one's own first, then what colleagues share."""
    seen = SavedFilter.objects.visible_to(actor).filter(register=register).select_related("owner")
    found = sorted(seen.order_by("name", "pk"), key=lambda one: one.owner_id != actor.user_id)
    return found[:MOST_OFFERED]


def known_parameters(place: Place, query: QueryDict) -> QueryDict:
    """Only the parameters the list has, so that an address made of them leads nowhere else."""
    known = QueryDict(mutable=True)
    for name in sorted(place.parameters):
        values = [value for value in query.getlist(name) if value]
        if values:
            known.setlist(name, values)
    return known


def _kept_query(place: Place, query: QueryDict) -> str:
    text: str = known_parameters(place, query).urlencode()
    if len(text) > LONGEST_QUERY:
        raise ValidationError("筛选条件太长，请少选几列再保存。")
    return text


def _refuse_anothers(by: Actor, kept: SavedFilter) -> None:
    if by.user_id is None or kept.owner_id != by.user_id:
        raise PermissionDenied("只有保存的人能改动或删除自己的常用筛选。")

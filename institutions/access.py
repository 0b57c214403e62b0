"""The regions and institutions an account holds, told to the access layer that cannot see them."""

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import connection

from institutions.models import Region, TokenRegion
from yiyang.access.scope import Grants
from yiyang.api.models import ApiToken

REGION, PLACE = "region", "institution"
# 每个请求都问：两张表一句问完，直接写成 SQL，用 ORM 拼这一句比数据库答它还久。
HELD = """
    SELECT 'region', region_id FROM institutions_regiongrant
    WHERE user_id = %(user)s AND voided_at IS NULL
        AND starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
    UNION ALL
    SELECT 'institution', institution_id FROM institutions_institutiongrant
    WHERE user_id = %(user)s AND voided_at IS NULL
        AND starts_on <= %(day)s AND (ends_on IS NULL OR ends_on >= %(day)s)
"""


def grants_held(user_id: int, day: datetime.date) -> Grants:
    """Return what the register grants the account on the day."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"user": user_id, "day": day})
        held = cursor.fetchall()
    return Grants(
        region_ids=tuple(pk for kind, pk in held if kind == REGION),
        institution_ids=tuple(pk for kind, pk in held if kind == PLACE),
    )


def token_regions(token_id: int) -> tuple[int, ...]:
    """The regions an API token is narrowed to; none for as far as its account sees."""
    return tuple(TokenRegion.objects.filter(token=token_id).values_list("region_id", flat=True))


def keep_token_regions(token: ApiToken, codes: Sequence[str]) -> None:
    """Narrow a token being issued. ValidationError for a code that is no region's."""
    regions = Region.objects.filter(code__in=codes)
    if unknown := set(codes) - {region.code for region in regions}:
        raise ValidationError({"regions": f"没有代码为 {min(unknown)[:20]} 的区划。"})
    TokenRegion.objects.bulk_create(TokenRegion(token=token, region=one) for one in regions)

"""The regions and institutions an account holds, told to the access layer that cannot see them."""

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Value

from institutions.models import InstitutionGrant, Region, RegionGrant, TokenRegion
from yiyang.access.scope import Grants
from yiyang.api.models import ApiToken

REGION, PLACE = "region", "institution"


def grants_held(user_id: int, day: datetime.date) -> Grants:
    """Return what the register grants the account on the day."""
    regions = RegionGrant.objects.on(day).filter(user=user_id)
    institutions = InstitutionGrant.objects.on(day).filter(user=user_id)
    # 每个请求都问，所以两张表一句问完。
    of_regions = regions.values_list(Value(REGION), "region_id")
    of_places = institutions.values_list(Value(PLACE), "institution_id")
    held = list(of_regions.union(of_places, all=True))
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

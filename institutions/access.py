"""The regions and institutions an account holds, told to the access layer that cannot see them."""

import datetime

from institutions.models import InstitutionGrant, RegionGrant
from yiyang.access.scope import Grants


def grants_held(user_id: int, day: datetime.date) -> Grants:
    """Return what the register grants the account on the day."""
    regions = RegionGrant.objects.on(day).filter(user=user_id)
    institutions = InstitutionGrant.objects.on(day).filter(user=user_id)
    return Grants(
        region_ids=tuple(regions.values_list("region_id", flat=True)),
        institution_ids=tuple(institutions.values_list("institution_id", flat=True)),
    )

"""The numbers agreements get by rule, each given once even to two clerks at the same moment."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection

from contracts.models import PartnershipAgreement
from institutions.models import Institution, InstitutionProfile, Region, RegionLevel

# 冲突时更新会锁住这一行直到提交：同一区同一年的下一个人等在这里，回滚的号也不会跳过。
NEXT_SERIAL = """
INSERT INTO contracts_agreementserial AS held (year, region_id, last) VALUES (%s, %s, 1)
ON CONFLICT (year, region_id) DO UPDATE SET last = held.last + 1 RETURNING last
"""
# 从养老方所在区划沿当日的隶属关系上溯到区（县、旗）。
DISTRICT_ABOVE = """
WITH RECURSIVE above(id) AS (
    SELECT %s::bigint
    UNION
    SELECT placed.parent_id FROM institutions_regionplacement placed
    JOIN above ON placed.region_id = above.id
    JOIN institutions_region here ON here.id = above.id AND here.level <> %s
    WHERE placed.voided_at IS NULL AND placed.starts_on <= %s
        AND (placed.ends_on IS NULL OR placed.ends_on >= %s)
)
SELECT id FROM institutions_region WHERE level = %s AND id IN (SELECT id FROM above)
"""
REGION_DIGITS = 6


def next_number(*, elderly: Institution, on: date) -> str:
    """The next free number of the district the elderly side lies in; must run in a transaction."""
    district = _district_of(elderly, on)
    while True:
        number: str = settings.AGREEMENT_NUMBER_RULE.format(
            year=on.year,
            region=district.code[:REGION_DIGITS],
            serial=_next_serial(on.year, district),
        )
        # 本单位自编的号可能恰好用掉了这一个。
        if not PartnershipAgreement.objects.filter(number=number).exists():
            return number


def _next_serial(year: int, district: Region) -> int:
    with connection.cursor() as cursor:
        cursor.execute(NEXT_SERIAL, [year, district.pk])
        return int(cursor.fetchone()[0])


def _district_of(institution: Institution, on: date) -> Region:
    profile = InstitutionProfile.objects.on(on).filter(institution=institution).first()
    if profile is None:
        raise ValidationError({"elderly": f"养老方在 {on} 没有有效的概况，请先登记或自编编号。"})
    level = RegionLevel.DISTRICT.value
    found = Region.objects.raw(DISTRICT_ABOVE, [profile.region_id, level, on, on, level])
    # 直接登记在市一级的，按它自己的区划编号。
    return next(iter(found), None) or Region.objects.get(pk=profile.region_id)

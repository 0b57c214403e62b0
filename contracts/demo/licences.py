"""Licences and filings with their renewals, a few of them run out."""

from __future__ import annotations

from datetime import date, timedelta

from contracts.demo.sites import ONE_DAY, Register, Site
from institutions.categories import HealthCategory as Category
from institutions.models import Licence, LicenceKind, Status
from institutions.models.institutions import RESIDENTIAL_KINDS
from yiyang.lib.ages import birthday

CLINIC_FILING_FROM = date(2022, 5, 1)
ELDERLY_FILING_FROM = date(2019, 1, 1)
WITHOUT_LICENCE = (Category.J100, Category.K100)
FILED_CLINICS = (Category.D211, Category.D212)
LONG_TERM, SHORT_TERM, LARGE = 15, 5, 100
# 备案脱节一段时间的养老机构，和没有备案的街道中心。
LATE_FILING = "苏海图养老院"
NEVER_FILED = "拉僧仲街道养老服务中心"
# 到今天已过期的执业许可证：名称里的字与过期天数。
EXPIRED = (("门诊部01", 75), ("金秋老年公寓医务室", 20))


def add_licences(register: Register) -> None:
    """Give every institution the certificates of its kind."""
    for site in register.sites:
        if site.category and site.category not in WITHOUT_LICENCE:
            _add_medical(register, site)
        if site.elderly_kind in RESIDENTIAL_KINDS and NEVER_FILED not in site.name:
            _add_elderly(register, site)


def _last_needed(register: Register, site: Site) -> date:
    """The day up to which the certificates are kept up."""
    for profile in site.profiles:
        if profile.status == Status.CLOSED:
            return profile.starts_on - ONE_DAY
    return register.scene.today


def _add_medical(register: Register, site: Site) -> None:
    last = _last_needed(register, site)
    for word, days in EXPIRED:
        if word in site.name:
            last = register.scene.today - timedelta(days=days)
            _chain(register, site, LicenceKind.MEDICAL_LICENCE, site.opened_on, last, SHORT_TERM)
            register.rows[Licence][-1].ends_on = last
            return
    term = LONG_TERM if site.beds >= LARGE else SHORT_TERM
    if site.category in FILED_CLINICS and last >= CLINIC_FILING_FROM:
        last = CLINIC_FILING_FROM - ONE_DAY
        if site.opened_on <= last:
            _chain(register, site, LicenceKind.MEDICAL_LICENCE, site.opened_on, last, term)
            register.rows[Licence][-1].ends_on = last
        starts_on = max(site.opened_on, CLINIC_FILING_FROM)
        _add(register, site, LicenceKind.CLINIC_FILING, starts_on, None)
        return
    _chain(register, site, LicenceKind.MEDICAL_LICENCE, site.opened_on, last, term)


def _add_elderly(register: Register, site: Site) -> None:
    """A permit before 2019, counting to its end date, and a filing from then on."""
    starts_on = next(p.starts_on for p in site.profiles if p.elderly_kind)
    last = _last_needed(register, site)
    filed_on = starts_on
    if starts_on < ELDERLY_FILING_FROM:
        filed_on = date(2019, 3 + len(register.rows[Licence]) % 9, 1)
        permit_end = min(filed_on - ONE_DAY, last)
        _add(register, site, LicenceKind.ELDERLY_PERMIT, starts_on, permit_end)
        if LATE_FILING in site.name:
            filed_on = date(2020, 8, 1)
    if filed_on <= last:
        _add(register, site, LicenceKind.ELDERLY_FILING, filed_on, None)


def _chain(
    register: Register, site: Site, kind: LicenceKind, starts_on: date, last: date, years: int
) -> None:
    """One certificate after another, each for some years, until `last` is covered."""
    while starts_on <= last:
        ends_on = birthday(starts_on, years) - ONE_DAY
        _add(register, site, kind, starts_on, ends_on)
        starts_on = ends_on + ONE_DAY


def _add(
    register: Register, site: Site, kind: LicenceKind, starts_on: date, ends_on: date | None
) -> None:
    is_elderly = kind in (LicenceKind.ELDERLY_FILING, LicenceKind.ELDERLY_PERMIT)
    number = f"演示-{site.institution.code[5:]}-{starts_on:%Y}"
    register.add(
        Licence(
            institution=site.institution,
            kind=kind,
            number=number,
            issued_by="演示民政部门" if is_elderly else "演示卫生健康部门",
            full_time_beds=site.beds if is_elderly else None,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    )

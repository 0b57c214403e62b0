"""The fictitious providers of elderly care, from welfare homes to home services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.demo.hospitals import nth_community
from contracts.demo.places import HAIBOWAN, HAINAN, WUDA
from contracts.demo.sites import Change, Register, Site
from institutions.categories import HealthCategory as Category
from institutions.models import ElderlyKind as Kind
from institutions.models import Ownership, Status

H, N, W = HAIBOWAN, HAINAN, WUDA
PUB, NPO, BIZ, PPP = (
    Ownership.PUBLIC,
    Ownership.PRIVATE_NON_PROFIT,
    Ownership.PRIVATE_FOR_PROFIT,
    Ownership.PUBLIC_BUILT_PRIVATE_RUN,
)
# 服务形式：I 内设医疗机构，A 签约合作，R 定期巡诊，T 托管，空为没有。
IN_HOUSE, AGREEMENT, ROUND, TRUSTEESHIP, NONE = "I", "A", "R", "T", ""


@dataclass(frozen=True, slots=True)
class HomeSpec:
    """One row of the table of elderly-care homes below."""

    name: str
    kind: Kind
    district: str
    ownership: Ownership
    beds: int
    opened: int
    served: int
    form: str
    unit: str = ""


@dataclass(slots=True)
class HomeSite:
    """An elderly-care home with its row and its in-house medical unit, if any."""

    spec: HomeSpec
    site: Site
    unit: Site | None = None


S = HomeSpec
HOMES = (
    S("千里山敬老院", Kind.WELFARE_HOME, H, PUB, 60, 2008, 2015, ROUND),
    S("公乌素敬老院", Kind.WELFARE_HOME, N, PUB, 50, 2009, 2016, AGREEMENT),
    S("巴音陶亥敬老院", Kind.WELFARE_HOME, N, PUB, 40, 2010, 2017, ROUND),
    S("乌兰淖尔敬老院", Kind.WELFARE_HOME, W, PUB, 45, 2010, 2019, AGREEMENT),
    S("社会福利院", Kind.SOCIAL_WELFARE_INSTITUTE, H, PUB, 220, 2006, 2015, IN_HOUSE, "D400"),
    S("海南福利院", Kind.SOCIAL_WELFARE_INSTITUTE, N, PUB, 90, 2012, 2015, IN_HOUSE, "D400"),
    S("乌达福利院", Kind.SOCIAL_WELFARE_INSTITUTE, W, PUB, 120, 2011, 2016, IN_HOUSE, "A720"),
    S("祥和老年公寓", Kind.APARTMENT, H, NPO, 80, 2012, 2015, AGREEMENT),
    S("金秋老年公寓", Kind.APARTMENT, H, NPO, 110, 2013, 2016, IN_HOUSE, "D400"),
    S("福满堂老年公寓", Kind.APARTMENT, H, BIZ, 60, 2014, 2018, AGREEMENT),
    S("长青老年公寓", Kind.APARTMENT, H, NPO, 45, 2014, 2019, AGREEMENT),
    S("暖阳老年公寓", Kind.APARTMENT, H, BIZ, 50, 2015, 2017, AGREEMENT),
    S("乌达金色老年公寓", Kind.APARTMENT, W, NPO, 70, 2012, 2016, AGREEMENT),
    S("梁家沟老年公寓", Kind.APARTMENT, W, NPO, 40, 2013, 2018, ROUND),
    S("巴音赛老年公寓", Kind.APARTMENT, W, BIZ, 36, 2015, 2019, AGREEMENT),
    S("西卓子山老年公寓", Kind.APARTMENT, N, NPO, 55, 2013, 2017, TRUSTEESHIP),
    S("拉僧庙老年公寓", Kind.APARTMENT, N, BIZ, 30, 2014, 2022, AGREEMENT),
    S("新华西老年公寓", Kind.APARTMENT, H, NPO, 48, 2018, 2019, AGREEMENT),
    S("黄河养护中心", Kind.CARE_HOME, H, PPP, 300, 2014, 2015, IN_HOUSE, "A710"),
    S("滨河养老院", Kind.CARE_HOME, H, NPO, 150, 2012, 2016, IN_HOUSE, "D400"),
    S("林荫养老院", Kind.CARE_HOME, H, NPO, 66, 2014, 2017, AGREEMENT),
    S("凤凰岭养护院", Kind.CARE_HOME, H, BIZ, 96, 2016, 2016, IN_HOUSE, "A720"),
    S("海北养老院", Kind.CARE_HOME, H, NPO, 52, 2013, 2020, AGREEMENT),
    S("康宁养护中心", Kind.CARE_HOME, H, NPO, 88, 2019, 2019, IN_HOUSE, "D400"),
    S("乌达养护中心", Kind.CARE_HOME, W, PPP, 180, 2015, 2015, IN_HOUSE, "D400"),
    S("三道坎养老院", Kind.CARE_HOME, W, NPO, 58, 2013, 2017, AGREEMENT),
    S("苏海图养老院", Kind.CARE_HOME, W, NPO, 42, 2012, 0, NONE),
    S("新达养老院", Kind.CARE_HOME, W, BIZ, 64, 2017, 2018, AGREEMENT),
    S("海南养护中心", Kind.CARE_HOME, N, PPP, 140, 2016, 2018, IN_HOUSE, "D400"),
    S("卓山养老院", Kind.CARE_HOME, N, NPO, 46, 2013, 2020, ROUND),
    S("朝阳养老院", Kind.CARE_HOME, H, BIZ, 38, 2011, 0, NONE),
    S("滨河街道养老服务中心", Kind.STREET_ELDERLY_CENTRE, H, PPP, 26, 2017, 2018, AGREEMENT),
    S("新达街道养老服务中心", Kind.STREET_ELDERLY_CENTRE, W, PPP, 18, 2019, 2020, AGREEMENT),
    S("林荫街道养老服务中心", Kind.STREET_ELDERLY_CENTRE, H, PUB, 6, 2018, 2019, AGREEMENT),
    S("拉僧仲街道养老服务中心", Kind.STREET_ELDERLY_CENTRE, N, PUB, 0, 2018, 2020, AGREEMENT),
)
HISTORIES: dict[str, list[Change]] = {
    "暖阳老年公寓": [(date(2021, 10, 1), {"status": Status.CLOSED})],
    "朝阳养老院": [(date(2017, 7, 1), {"status": Status.CLOSED})],
    "海北养老院": [
        (date(2018, 5, 1), {"status": Status.SUSPENDED}),
        (date(2019, 4, 1), {"status": Status.OPERATING}),
    ],
    "祥和老年公寓": [(date(2019, 5, 1), {"name": "演示祥和颐养公寓"})],
    "滨河养老院": [
        (date(2020, 7, 1), {"elderly_grade": 3}),
        (date(2023, 7, 1), {"elderly_grade": 4}),
    ],
    "社会福利院": [(date(2021, 4, 1), {"elderly_grade": 4})],
}
# 眼下停业的一家，开始停业距今的天数；它的协议还没到期，算不得有效的一对。
SUSPENDED_NOW, SUSPENDED_DAYS = "巴音赛老年公寓", 100
# 医院自己办的养老院：两条记录、一个地址，算一家医养结合机构。
AT_HOSPITAL = {"林荫养老院": "演示仁康医院", "三道坎养老院": "演示长河医院"}
IN_HOUSE_WORDS = {"D400": "医务室", "A720": "护理站", "A710": "护理院"}
IN_HOUSE_BEDS = {"D400": 0, "A720": 0, "A710": 80}
PROVIDERS = (
    (Kind.DAY_CARE_CENTRE, "日间照料中心", (6, 2, 3)),
    (Kind.COMMUNITY_ELDERLY_STATION, "养老服务站", (5, 1, 3)),
    (Kind.RURAL_ELDERLY_CENTRE, "农区养老服务中心", (2, 2, 1)),
    (Kind.RURAL_HAPPINESS_HOME, "幸福院", (2, 3, 1)),
    (Kind.HOME_SERVICE, "居家养老服务中心", (2, 1, 1)),
)


def open_homes(register: Register) -> list[HomeSite]:
    """Open every home, then the medical unit within it."""
    homes = []
    for place, spec in enumerate(HOMES):
        opened_on = date(spec.opened, 1 + place % 9, 1)
        if opened_on > register.scene.today:
            continue
        hospital = _hospital_of(register, spec)
        site = register.open(
            spec.name,
            _community_of(register, spec, place, hospital),
            opened_on,
            ownership=spec.ownership,
            beds=spec.beds,
            address=hospital.first.address if hospital else "",
            elderly_kind=spec.kind,
            changes=_history_of(register, spec),
        )
        homes.append(HomeSite(spec, site, _open_unit(register, spec, site)))
    return homes


def _hospital_of(register: Register, spec: HomeSpec) -> Site | None:
    name = AT_HOSPITAL.get(spec.name)
    return next((site for site in register.sites if site.name == name), None)


def _community_of(register: Register, spec: HomeSpec, place: int, hospital: Site | None) -> int:
    if hospital is None:
        return nth_community(register, spec.district, place)
    return register.places.communities.index(hospital.community)


def _history_of(register: Register, spec: HomeSpec) -> list[Change]:
    if spec.name == SUSPENDED_NOW:
        stopped_on = register.scene.today - timedelta(days=SUSPENDED_DAYS)
        return [(stopped_on, {"status": Status.SUSPENDED})]
    return HISTORIES.get(spec.name, [])


def _open_unit(register: Register, spec: HomeSpec, site: Site) -> Site | None:
    """The in-house unit: a record of its own, hosted, at the same address and legal person."""
    if not spec.unit:
        return None
    return register.open(
        spec.name + IN_HOUSE_WORDS[spec.unit],
        register.places.communities.index(site.community),
        max(served_from(spec), site.opened_on),
        ownership=spec.ownership,
        beds=IN_HOUSE_BEDS[spec.unit],
        host=site,
        credit_code=site.first.credit_code,
        address=site.first.address,
        category=Category(spec.unit),
    )


def served_from(spec: HomeSpec) -> date:
    """The day medical service began in the home."""
    return date(spec.served, 1 + len(spec.name) % 6, 15)


def open_providers(register: Register) -> list[Site]:
    """Day care, stations, rural centres, happiness homes and home services: no 养老机构."""
    sites: list[Site] = []
    for kind, word, numbers in PROVIDERS:
        for district, number in zip((H, N, W), numbers, strict=True):
            for _ in range(number):
                place = len(sites)
                community = _community_for(register, kind, district, place)
                name = register.places.communities[community].name
                for suffix in ("居委会", "村民委员会", "村委会"):
                    name = name.removesuffix(suffix)
                sites.append(
                    register.open(
                        name + word,
                        community,
                        date(2011 + place % 9, 1 + place % 12, 10),
                        ownership=NPO if place % 3 else PUB,
                        elderly_kind=kind,
                        changes=_provider_history(place),
                    )
                )
    return sites


def _community_for(register: Register, kind: Kind, district: str, place: int) -> int:
    communities = register.places.of_district(district)
    if kind in (Kind.RURAL_ELDERLY_CENTRE, Kind.RURAL_HAPPINESS_HOME):
        villages = [i for i in communities if "村" in register.places.communities[i].name]
        communities = villages or communities
    return communities[place % len(communities)]


def _provider_history(place: int) -> list[Change]:
    if place == 7:
        return [(date(2023, 3, 1), {"status": Status.CLOSED})]
    return []

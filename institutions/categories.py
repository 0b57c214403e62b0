"""WS 218-2002 categories of health institutions, grouped as the counting rules need them."""

from collections.abc import Iterable

from django.db import models


class HealthGroup(models.TextChoices):
    """Groups that a counting rule can switch on or off (rules.md 16)."""

    HOSPITAL = "HOSPITAL", "医院"
    COMMUNITY_HEALTH = "COMMUNITY_HEALTH", "社区卫生服务机构"
    TOWNSHIP_HEALTH = "TOWNSHIP_HEALTH", "卫生院"
    OUTPATIENT = "OUTPATIENT", "门诊部"
    CLINIC = "CLINIC", "诊所、卫生所（室）"
    INFIRMARY = "INFIRMARY", "医务室"
    NURSING_STATION = "NURSING_STATION", "护理站"
    VILLAGE_CLINIC = "VILLAGE_CLINIC", "村卫生室"
    MATERNAL_CHILD = "MATERNAL_CHILD", "妇幼保健机构"
    SPECIALISED_PREVENTION = "SPECIALISED_PREVENTION", "专科疾病防治机构"
    OTHER_PUBLIC_HEALTH = "OTHER_PUBLIC_HEALTH", "不设诊疗科目的专业公共卫生机构"


class HealthCategory(models.TextChoices):
    """WS 218-2002 codes in use here."""

    A100 = "A100", "综合医院"
    A210 = "A210", "中医医院"
    A411 = "A411", "蒙医医院"
    A519 = "A519", "老年病医院"
    A527 = "A527", "康复医院"
    A600 = "A600", "疗养院"
    A710 = "A710", "护理院"
    A720 = "A720", "护理站"
    B100 = "B100", "社区卫生服务中心"
    B200 = "B200", "社区卫生服务站"
    C100 = "C100", "街道卫生院"
    C210 = "C210", "中心卫生院"
    C220 = "C220", "乡卫生院"
    D110 = "D110", "综合门诊部"
    D120 = "D120", "中医门诊部"
    D211 = "D211", "普通诊所"
    D212 = "D212", "中医诊所"
    D300 = "D300", "卫生所（室）"
    D400 = "D400", "医务室"
    D600 = "D600", "村卫生室"
    G100 = "G100", "妇幼保健院"
    H113 = "H113", "职业病防治院"
    J100 = "J100", "疾病预防控制中心"
    K100 = "K100", "卫生监督所"
    P110 = "P110", "临床检验中心"


_G, _C = HealthGroup, HealthCategory
GROUPS: dict[HealthGroup, tuple[HealthCategory, ...]] = {
    _G.HOSPITAL: (_C.A100, _C.A210, _C.A411, _C.A519, _C.A527, _C.A600, _C.A710),
    _G.COMMUNITY_HEALTH: (_C.B100, _C.B200),
    _G.TOWNSHIP_HEALTH: (_C.C100, _C.C210, _C.C220),
    _G.OUTPATIENT: (_C.D110, _C.D120),
    _G.CLINIC: (_C.D211, _C.D212, _C.D300),
    _G.INFIRMARY: (_C.D400,),
    _G.NURSING_STATION: (_C.A720,),
    _G.VILLAGE_CLINIC: (_C.D600,),
    _G.MATERNAL_CHILD: (_C.G100,),
    _G.SPECIALISED_PREVENTION: (_C.H113,),
    _G.OTHER_PUBLIC_HEALTH: (_C.J100, _C.K100, _C.P110),
}
PRIMARY_CARE_GROUPS = (
    _G.COMMUNITY_HEALTH,
    _G.TOWNSHIP_HEALTH,
    _G.OUTPATIENT,
    _G.CLINIC,
    _G.INFIRMARY,
    _G.NURSING_STATION,
    _G.VILLAGE_CLINIC,
)
GENERAL_HOSPITALS = (_C.A100, _C.A210, _C.A411)
TRADITIONAL_MEDICINE = (_C.A210, _C.A411, _C.D120, _C.D212)
REHABILITATION = (_C.A527, _C.A710, _C.A720)


def categories_of(groups: Iterable[str]) -> list[str]:
    """The category codes in `groups`; an unknown group raises ValueError."""
    return [category.value for group in groups for category in GROUPS[HealthGroup(group)]]

"""The indicator catalogue: what is counted for each policy goal, read like the policy itself.

Sources: 乌海政办发〔2017〕9号 and the counting rules the commission has adopted (rules 1—27).
A published record is never edited: a new denominator is a new id.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from django.conf import settings
from django.db.models import F, Q
from django.db.models.lookups import GreaterThanOrEqual

from contracts.models import ResidenceKind
from institutions.categories import (
    GENERAL_HOSPITALS,
    TRADITIONAL_MEDICINE,
    HealthGroup,
    categories_of,
)
from institutions.models import Department, PopulationGroup, Status
from institutions.models.institutions import RESIDENTIAL_KINDS
from targets.indicators.base import Exclusion, Indicator, Tally, Unit
from targets.indicators.institution_subjects import (
    AGREEMENTS,
    ELDERLY,
    HEALTH,
    PILOTS,
    TEAMS,
)
from targets.indicators.person_subjects import (
    HEALTH_MANAGEMENT_TO_DATE,
    HEALTH_MANAGEMENT_YEAR,
    IN_THE_CITY,
    POPULATION,
    POPULATION_AT_YEAR_END,
    RESIDENTS,
    SICKBEDS,
    SIGNUPS,
    STREETS,
)

# ── 共用的人群与排除 ──────────────────────────────────────────────────────────

NOT_OPERATING = tuple(
    Exclusion(f"状态为{label}", Q(status=status))
    for status, label in Status.choices
    if status != Status.OPERATING
)
COUNTED_GROUPS = [HealthGroup(group) for group in settings.GREEN_CHANNEL_GROUPS]
SMALL_GROUPS = [HealthGroup.CLINIC, HealthGroup.VILLAGE_CLINIC]
COUNTED_GROUPS_TEXT = "、".join(str(group.label) for group in COUNTED_GROUPS)

# 养老机构：有备案（2019 年前为设立许可）、全日床位 10 张以上的住养机构（rules 14）。
IS_HOME = Q(elderly_kind__in=RESIDENTIAL_KINDS, filed_beds__gte=10)
HOMES_TEXT = (
    "状态正常、办理过养老备案（2019 年前为设立许可）且备案全日床位 10 张以上的住养机构，"
    "含敬老院、福利院、老年公寓、养护中心；日间照料、幸福院、居家服务机构、社区服务站不在内"
)
SERVED_MEDICALLY = Q(is_filed=True) & (
    Q(has_in_house=True) | Q(has_agreement=True) | Q(has_round=True)
)

DUPLICATE = Exclusion("重复登记", Q(is_duplicate=True))
DEAD = Exclusion("死亡", Q(is_dead=True))
LEFT = Exclusion("迁出", Q(residence__kind=ResidenceKind.LEFT))
AWAY = Exclusion("非常住", Q(residence__kind=ResidenceKind.REGISTERED))
NOWHERE = Exclusion("无居住登记", Q(residence__kind=None))
NOT_HERE = (DUPLICATE, DEAD, LEFT, AWAY, NOWHERE)


def _people(group: PopulationGroup, subject: object = POPULATION) -> tuple[Tally, ...]:
    return (Tally(subject, among=Q(group=group), amount="people"),)  # type: ignore[arg-type]


# ── 绿色通道 ──────────────────────────────────────────────────────────────────


def _channel(groups: list[HealthGroup]) -> dict[str, tuple[Tally, ...]]:
    among = Q(category__in=categories_of(groups))
    return {
        "numerator": (
            Tally(
                HEALTH,
                among=among,
                excluding=NOT_OPERATING,
                where=Q(is_licensed=True, has_channel=True),
            ),
        ),
        "denominator": (Tally(HEALTH, among=among, excluding=NOT_OPERATING),),
    }


GC17 = Indicator(
    code="GC17",
    reading="standard",
    title="开设老年人绿色通道的医疗机构占比",
    reading_title="默认机构范围",
    unit=Unit.RATIO,
    measure="家",
    population=f"状态正常的医疗机构：{COUNTED_GROUPS_TEXT}",
    numerator_text="执业许可证（备案凭证）有效，且挂号、就诊、缴费、取药四个环节都开通绿色通道的机构数",
    denominator_text="上述医疗机构总数；证照过期的仍在分母",
    definition="一证一家。只开通部分环节的不算开设，列为部分开通。",
    source="乌海政办发〔2017〕9号 二（二）2017年目标",
    **_channel(COUNTED_GROUPS),
)
GC17_WITH_CLINICS = replace(
    GC17,
    reading="with_clinics",
    reading_title="含诊所、村卫生室",
    population=f"{GC17.population}，另加诊所、卫生所（室）、村卫生室",
    **_channel(COUNTED_GROUPS + SMALL_GROUPS),
)
GC20 = replace(
    GC17,
    code="GC20",
    title="开通老年人绿色通道的医疗卫生机构占比",
    population=f"状态正常的医疗卫生机构：{COUNTED_GROUPS_TEXT}；不设诊疗科目的公共卫生机构不在内",
    source="乌海政办发〔2017〕9号 二（二）2020年目标",
)
GC20_WITH_CLINICS = replace(
    GC20,
    reading="with_clinics",
    reading_title="含诊所、村卫生室",
    population=f"{GC20.population}；另加诊所、卫生所（室）、村卫生室",
    **_channel(COUNTED_GROUPS + SMALL_GROUPS),
)

# ── 养老机构提供医疗卫生服务 ──────────────────────────────────────────────────


def _homes(where: Q) -> dict[str, tuple[Tally, ...]]:
    return {
        "numerator": (Tally(ELDERLY, among=IS_HOME, excluding=NOT_OPERATING, where=where),),
        "denominator": (Tally(ELDERLY, among=IS_HOME, excluding=NOT_OPERATING),),
    }


EL17 = Indicator(
    code="EL17",
    reading="any_form",
    title="能够提供医疗卫生、康复护理服务的养老机构占比",
    reading_title="任一形式",
    unit=Unit.RATIO,
    measure="家",
    population=HOMES_TEXT,
    numerator_text="备案有效，且以内设、签约、托管、巡诊任一形式提供医疗卫生或康复护理服务的养老机构数",
    denominator_text="养老机构总数；备案过期的仍在分母",
    definition="内设以有效执业许可证（备案凭证）为凭，签约以双方有效的协议为凭；一家多种形式只计一次。",
    source="乌海政办发〔2017〕9号 二（二）2017年目标",
    **_homes(SERVED_MEDICALLY | Q(is_filed=True, has_rehabilitation=True)),
)
EL17_BOTH = replace(
    EL17,
    reading="medical_and_rehabilitation",
    reading_title="医疗与康复护理兼有（从严）",
    numerator_text="备案有效，且医疗卫生与康复护理两类服务都有的养老机构数",
    **_homes(SERVED_MEDICALLY & Q(has_rehabilitation=True)),
)
EL20 = replace(
    EL17,
    code="EL20",
    title="能够提供医疗卫生服务的养老机构占比",
    numerator_text="备案有效，且以内设、签约、托管、巡诊任一形式提供医疗卫生服务的养老机构数",
    source="乌海政办发〔2017〕9号 二（二）2020年目标",
    **_homes(SERVED_MEDICALLY),
)

# ── 家庭医生签约 ──────────────────────────────────────────────────────────────


def _signed(where: Q) -> Tally:
    return Tally(
        SIGNUPS,
        among=Q(is_current=True),
        excluding=(
            Exclusion("已解约", Q(is_terminated=True)),
            Exclusion("已到期", Q(is_in_force=False)),
            *NOT_HERE,
        ),
        where=Q(is_in_force=True) & IN_THE_CITY & where,
    )


def _signed_under_60(field: str) -> Tally:
    return Tally(
        STREETS, where=Q(**{f"{field}__isnull": False}), missing=Q(**{field: None}), amount=field
    )


FD17 = Indicator(
    code="FD17",
    reading="key_population",
    title="家庭医生签约服务覆盖率",
    reading_title="重点人群",
    unit=Unit.RATIO,
    measure="人",
    population="常住重点人群（65 岁及以上、慢性病患者、残疾人等，去重人头）",
    numerator_text=("统计日签约有效的重点人群人数：60 岁及以上按人逐一去重，60 岁以下取各街道月报"),
    denominator_text="公布的重点人群人数",
    definition=(
        "签约到期日当天有效、解约日当天无效，自动续约的至解约为止；按本人常住社区计，"
        "死亡、迁出、非常住、重复登记的不计。近一年内到期或解约而未续的列为排除。"
    ),
    source="乌海政办发〔2017〕9号 二（二）2017年目标；人群未写，按国家同期重点人群口径判定",
    numerator=(_signed(Q(is_key=True)), _signed_under_60("key_under_60")),
    denominator=_people(PopulationGroup.KEY),
)
FD17_65 = replace(
    FD17,
    reading="aged_65_plus",
    reading_title="65 岁及以上",
    population="65 岁及以上常住居民",
    numerator_text="统计日签约有效的 65 岁及以上常住居民人数",
    denominator_text="公布的 65 岁及以上常住人口数",
    numerator=(_signed(Q(is_65=True)),),
    denominator=_people(PopulationGroup.AGED_65),
)
FD17_ALL = replace(
    FD17,
    reading="all_residents",
    reading_title="全人群",
    population="全部常住居民",
    numerator_text="统计日签约有效的常住居民人数：60 岁及以上按人，60 岁以下取各街道月报",
    denominator_text="公布的常住总人口数",
    numerator=(_signed(Q()), _signed_under_60("under_60")),
    denominator=_people(PopulationGroup.TOTAL),
)
SOURCE_FD20 = "乌海政办发〔2017〕9号 二（二）2020年目标；原文“全覆盖”没有数字，不由机器判定"
FD20, FD20_65, FD20_ALL = (
    replace(record, code="FD20", source=SOURCE_FD20) for record in (FD17, FD17_65, FD17_ALL)
)

# ── 65 岁以上健康管理 ─────────────────────────────────────────────────────────


def _managed(subject: object) -> tuple[Tally, ...]:
    tally = Tally(
        subject,  # type: ignore[arg-type]
        excluding=(
            DUPLICATE,
            LEFT,
            AWAY,
            NOWHERE,
            Exclusion("体检时未满 65 岁", Q(age_at_exam__lt=65)),
        ),
        where=Q(is_complete=True),
    )
    return (tally,)


HM17 = Indicator(
    code="HM17",
    reading="complete_year",
    title="65 岁以上老年人健康管理率",
    reading_title="上一完整年度",
    unit=Unit.RATIO,
    measure="人",
    population="65 岁及以上常住居民",
    numerator_text="年度内建档、体检、健康指导、体检表完整四项都完成的 65 岁及以上常住居民人数",
    denominator_text="年末公布的 65 岁及以上常住人口数",
    definition="年龄、居住地按体检日；一人一年计一次；其后死亡或迁出不扣减已完成的工作。",
    source="乌海政办发〔2017〕9号 二（二）2017年目标；国家基本公共卫生服务规范（第三版）",
    numerator=_managed(HEALTH_MANAGEMENT_YEAR),
    denominator=_people(PopulationGroup.AGED_65, POPULATION_AT_YEAR_END),
)
HM17_TO_DATE = replace(
    HM17,
    reading="year_to_date",
    reading_title="本年至今（进度）",
    numerator_text="1 月 1 日至统计日四项都完成的 65 岁及以上常住居民人数",
    denominator_text="最近公布的 65 岁及以上常住人口数",
    numerator=_managed(HEALTH_MANAGEMENT_TO_DATE),
    denominator=_people(PopulationGroup.AGED_65),
)
SOURCE_HM20 = "乌海政办发〔2017〕9号 二（二）2020年目标；国家基本公共卫生服务规范（第三版）"
HM20, HM20_TO_DATE = (
    replace(record, code="HM20", source=SOURCE_HM20) for record in (HM17, HM17_TO_DATE)
)

# ── 康复、护理型床位 ──────────────────────────────────────────────────────────

# 参考口径“逐家达标”的每家界线，取自同一条款的 30%。
PER_HOME_SHARE = Fraction(3, 10)
UNREPORTED = Q(beds=None)


def _bed_share(care: str, total: str) -> dict[str, tuple[Tally, ...]]:
    common = {"among": IS_HOME, "excluding": NOT_OPERATING, "missing": UNREPORTED}
    reported = Q(beds__isnull=False)
    return {
        "numerator": (
            Tally(ELDERLY, where=reported & Q(is_filed=True), amount=care, **common),  # type: ignore[arg-type]
        ),
        "denominator": (Tally(ELDERLY, where=reported, amount=total, **common),),  # type: ignore[arg-type]
    }


BD20 = Indicator(
    code="BD20",
    reading="city_sum",
    title="康复、护理型床位占总床位比例",
    reading_title="全市合计",
    unit=Unit.RATIO,
    measure="张",
    population=HOMES_TEXT,
    numerator_text="护理型床位（民政）＋内设康复床位（卫健）－两边都计的床位",
    denominator_text="在用养老床位＋内设医疗床位中未在民政备案的部分",
    definition=(
        f"取最近一次实有床位报告，最多沿用 {settings.REPORT_CARRY_DAYS} 天；"
        "缺报的机构不进分子分母，单列缺报数。"
    ),
    source="乌海政办发〔2017〕9号 二（二）2020年目标",
    **_bed_share("elderly_care_beds", "beds_in_use"),
)
BD20_EACH = replace(
    BD20,
    reading="institution_share",
    reading_title="逐家达到 30% 的机构占比",
    measure="家",
    numerator_text="康复、护理型床位不少于本机构总床位 30% 的养老机构数",
    denominator_text="养老机构总数；缺报的在分母、不在分子",
    numerator=(
        Tally(
            ELDERLY,
            among=IS_HOME,
            excluding=NOT_OPERATING,
            missing=UNREPORTED,
            where=Q(
                is_filed=True,
                beds_in_use__gt=0,
            )
            & Q(
                GreaterThanOrEqual(
                    F("elderly_care_beds") * PER_HOME_SHARE.denominator,
                    F("beds_in_use") * PER_HOME_SHARE.numerator,
                )
            ),
        ),
    ),
    denominator=(Tally(ELDERLY, among=IS_HOME, excluding=NOT_OPERATING),),
)
BD20_ELDERLY_ONLY = replace(
    BD20,
    reading="elderly_beds_only",
    reading_title="分母仅养老床位",
    denominator_text="在用养老床位",
    **_bed_share("elderly_care_beds", "beds"),
)
NURS = replace(
    BD20,
    code="NURS",
    reading="standard",
    title="养老机构护理型床位占比",
    reading_title="全市合计",
    numerator_text="养老机构护理型床位数",
    denominator_text="养老机构床位总数",
    source="国家“十四五”老龄事业规划口径（待核实）",
    **_bed_share("nursing_beds", "beds"),
)

# ── 居家社区老年人享有专业服务 ────────────────────────────────────────────────


def _at_home(where: Q) -> tuple[Tally, ...]:
    tally = Tally(
        RESIDENTS,
        among=Q(is_60=True),
        excluding=(
            DUPLICATE,
            DEAD,
            Exclusion("迁出", Q(kind=ResidenceKind.LEFT)),
            Exclusion("非常住", Q(kind=ResidenceKind.REGISTERED)),
            Exclusion("入住养老机构", Q(institution__isnull=False)),
        ),
        where=where,
    )
    return (tally,)


HC90 = Indicator(
    code="HC90",
    reading="reachable",
    title="居家社区老年人能够享受专业服务的比例",
    reading_title="可及",
    unit=Unit.RATIO,
    measure="人",
    population="60 岁及以上常住、不住养老机构的老年人",
    numerator_text="所在社区有正常执业的基层医疗卫生机构派出家庭医生团队的老年人数",
    denominator_text="公布的 60 岁及以上常住人口数－养老机构月末在住人数",
    definition="可及与实际两种口径并列，卫健委选定之前都不判定。",
    source="乌海政办发〔2017〕9号 三（三）",
    numerator=_at_home(Q(is_reachable=True)),
    denominator=(
        Tally(POPULATION, among=Q(group=PopulationGroup.AGED_60), amount="people"),
        Tally(ELDERLY, among=IS_HOME, excluding=NOT_OPERATING, amount="occupants", sign=-1),
    ),
)
HC90_USED = replace(
    HC90,
    reading="used",
    reading_title="实际",
    numerator_text="签约有效、家庭病床在床或本年完成健康管理的老年人数",
    numerator=_at_home(Q(is_served=True)),
)

# ── 蒙医中医与试点 ────────────────────────────────────────────────────────────


def _count(
    code: str,
    reading: str,
    title: str,
    reading_title: str,
    measure: str,
    counted: str,
    definition: str,
    source: str,
    tally: Tally,
) -> Indicator:
    return Indicator(
        code=code,
        reading=reading,
        title=title,
        reading_title=reading_title,
        unit=Unit.COUNT,
        measure=measure,
        population=tally.subject.title,
        numerator_text=counted,
        denominator_text="",
        definition=definition,
        source=source,
        numerator=(tally,),
    )


_TRADITIONAL = {
    "among": Q(category__in=TRADITIONAL_MEDICINE, is_licensed=True),
    "excluding": NOT_OPERATING,
}
TM12 = _count(
    "TM12",
    "integrated",
    "蒙医中医医养结合机构",
    "已建成",
    "家",
    "蒙医、中医机构中两证齐全的家数",
    "从 1 家起即达标，超过 2 家不算未达标；没有年份，不判逾期。",
    "乌海政办发〔2017〕9号 三（六）；原文“12所”读作 1—2 所",
    Tally(HEALTH, where=Q(is_integrated=True), **_TRADITIONAL),  # type: ignore[arg-type]
)
TM12_COOPERATING = _count(
    "TM12",
    "cooperating",
    "蒙医中医医养结合机构",
    "以合作代替建设",
    "家",
    "蒙医、中医机构中与养老机构有有效协议或两证齐全的家数",
    "条款允许建立合作关系代替建设，并列供参考。",
    "乌海政办发〔2017〕9号 三（六）",
    Tally(HEALTH, where=Q(has_partner=True), **_TRADITIONAL),  # type: ignore[arg-type]
)
PJ05 = _count(
    "PJ05",
    "in_use",
    "医养结合试点项目投入使用",
    "已核实投用",
    "个",
    "列名试点项目中已核实并投入使用的个数",
    "未核实的列为缺报，不计数。",
    "乌海政办发〔2017〕9号 五（二）",
    Tally(
        PILOTS,
        missing=Q(is_verified=False),
        where=Q(is_verified=True, is_in_use=True),
    ),
)

# ── 其他常用指标 ──────────────────────────────────────────────────────────────

_LEVEL_TWO_HOSPITALS = Q(category__in=GENERAL_HOSPITALS, level__gte=2)
GERI = Indicator(
    code="GERI",
    reading="standard",
    title="设老年医学科的二级以上医院占比",
    reading_title="综合医院与蒙医中医医院",
    unit=Unit.RATIO,
    measure="家",
    population="状态正常的二级及以上综合医院、蒙医医院、中医医院",
    numerator_text="设有老年医学科（老年病科）且执业许可证有效的医院数",
    denominator_text="上述医院总数",
    definition="二级以上含二级；科室按统计日的机构概况。",
    source="健康中国行动（2019—2030年）口径（待核实）；乌海政办发〔2017〕9号 三（五）",
    numerator=(
        Tally(
            HEALTH,
            among=_LEVEL_TWO_HOSPITALS,
            excluding=NOT_OPERATING,
            where=Q(is_licensed=True, departments__contains=[Department.GERIATRICS.value]),
        ),
    ),
    denominator=(Tally(HEALTH, among=_LEVEL_TWO_HOSPITALS, excluding=NOT_OPERATING),),
)
DUAL = _count(
    "DUAL",
    "both_certificates",
    "医养结合机构",
    "两证齐全",
    "家",
    "同一处所既有有效执业许可证（备案凭证）又有有效养老备案的机构数",
    "同一地址或有举办关系的算一处，一处计一家；只签协议的不算。",
    "国家卫生健康委 2024 年 5 月新闻发布会用语",
    Tally(
        ELDERLY,
        among=Q(elderly_kind__in=RESIDENTIAL_KINDS, has_in_house=True),
        excluding=(
            *NOT_OPERATING,
            Exclusion("养老备案无效", Q(is_filed=False)),
            Exclusion("同一处所已计", Q(repeats_place=True)),
        ),
    ),
)
_SOUND_PAIR = (
    Exclusion("草稿未签或未生效", Q(is_unsigned=True)),
    Exclusion("已解约", Q(is_terminated=True)),
    Exclusion("已到期", Q(is_in_force=False)),
    Exclusion("举办单位与其内设机构或同一法人", Q(is_one_party=True)),
    Exclusion("医疗方不是正常状态", Q(medical_is_open=False)),
    Exclusion("养老方不是正常状态", Q(elderly_is_open=False)),
    Exclusion("医疗方没有有效执业许可证", Q(medical_is_certified=False)),
    Exclusion("养老方备案过期", Q(elderly_is_expired=True)),
    Exclusion("同一对已计", Q(repeats_pair=True)),
)
PAIR = _count(
    "PAIR",
    "total",
    "医养签约合作",
    "全部",
    "对",
    "统计日有效的医疗卫生机构与养老服务机构签约对数",
    "同一对的多份协议、续签只计一次；按养老方所在区划计。",
    "渝卫函〔2021〕299号统计用语；去重规则为本市采用",
    Tally(AGREEMENTS, among=Q(is_superseded=False), excluding=_SOUND_PAIR),
)
PAIR_PRIMARY = _count(
    "PAIR",
    "primary_care",
    "医养签约合作",
    "其中：基层机构与养老服务中心（站）",
    "对",
    "其中基层医疗卫生机构与养老服务中心（站）签约的对数",
    "是全部对数的一部分，不另外相加。",
    "渝卫函〔2021〕299号统计用语",
    Tally(
        AGREEMENTS,
        among=Q(is_superseded=False),
        excluding=_SOUND_PAIR,
        where=Q(is_primary_pair=True),
    ),
)
TEAM = _count(
    "TEAM",
    "standard",
    "家庭医生团队",
    "在岗",
    "个",
    "统计日在岗、所属机构状态正常的家庭医生团队数",
    "按所属机构所在区划计。",
    "渝卫函〔2021〕299号统计用语",
    Tally(TEAMS, excluding=(Exclusion("所属机构不是正常状态", Q(is_open=False)),)),
)
HBED = _count(
    "HBED",
    "standard",
    "家庭病床",
    "在床",
    "张",
    "统计日未撤床的家庭病床数",
    "卫健系统的家庭病床；民政的家庭养老床位不在内，两者不相加。",
    "乌海政办发〔2017〕9号 三（三）",
    Tally(SICKBEDS, excluding=NOT_HERE),
)
OCCU = Indicator(
    code="OCCU",
    reading="standard",
    title="养老机构入住率",
    reading_title="月末在住",
    unit=Unit.RATIO,
    measure="人",
    population=HOMES_TEXT,
    numerator_text="月末在住老年人数",
    denominator_text="同一批机构的在用养老床位数",
    definition="只计床位与在住都报了的机构；其余单列缺报。",
    source="本市采用口径（rules 20）",
    numerator=(
        Tally(
            ELDERLY,
            among=IS_HOME,
            excluding=NOT_OPERATING,
            missing=Q(beds=None) | Q(occupants=None),
            where=Q(beds__isnull=False, occupants__isnull=False),
            amount="occupants",
        ),
    ),
    denominator=(
        Tally(
            ELDERLY,
            among=IS_HOME,
            excluding=NOT_OPERATING,
            where=Q(beds__isnull=False, occupants__isnull=False),
            amount="beds",
        ),
    ),
)

# ── 目录：先条款次序，后其他 ─────────────────────────────────────────────────

CATALOGUE: tuple[Indicator, ...] = (
    *(GC17, GC17_WITH_CLINICS),
    *(EL17, EL17_BOTH),
    *(FD17, FD17_65, FD17_ALL),
    *(HM17, HM17_TO_DATE),
    *(GC20, GC20_WITH_CLINICS),
    EL20,
    *(BD20, BD20_EACH, BD20_ELDERLY_ONLY),
    *(FD20, FD20_65, FD20_ALL),
    *(HM20, HM20_TO_DATE),
    *(HC90, HC90_USED),
    *(TM12, TM12_COOPERATING),
    PJ05,
    *(GERI, NURS, DUAL, PAIR, PAIR_PRIMARY, TEAM, HBED, OCCU),
)
BY_KEY: dict[tuple[str, str], Indicator] = {record.key: record for record in CATALOGUE}
CODES: tuple[str, ...] = tuple(dict.fromkeys(record.code for record in CATALOGUE))


def readings_of(code: str) -> tuple[Indicator, ...]:
    """Every reading of an indicator, in catalogue order; empty for an unknown code."""
    return tuple(record for record in CATALOGUE if record.code == code)

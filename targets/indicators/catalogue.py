"""The indicator catalogue: what is counted for each policy goal, in the order of the policy.

Sources: 乌海政办发〔2017〕9号 and the counting rules the commission has adopted.
A published record is never edited: a new denominator is a new id.
"""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.db.models import Q

from institutions.models import Department, PopulationGroup
from targets.indicators.base import Indicator, Unit
from targets.indicators.person_subjects import (
    HEALTH_MANAGEMENT_TO_DATE,
    HEALTH_MANAGEMENT_YEAR,
    POPULATION,
    POPULATION_AT_YEAR_END,
)
from targets.indicators.terms import (
    CHANNEL_GROUPS,
    CHANNEL_GROUPS_TEXT,
    EVERYONE,
    HOMES_TEXT,
    NO_BED_REPORT,
    REACHES_30_PERCENT,
    SERVED_IN_REHABILITATION,
    SERVED_MEDICALLY,
    WITH_CLINICS,
    at_home,
    bed_share,
    dual_certified,
    green_channel,
    health_managed,
    home_sickbeds,
    occupancy,
    pairs,
    pilots_in_use,
    share_of_homes,
    share_of_hospitals,
    signed_up,
    teams_on_duty,
    traditional_medicine,
)

GOALS_2017 = "乌海政办发〔2017〕9号 二（二）2017年目标"
GOALS_2020 = "乌海政办发〔2017〕9号 二（二）2020年目标"

# ── 2017 年目标 ───────────────────────────────────────────────────────────────

GC17 = Indicator(
    code="GC17",
    reading="standard",
    title="开设老年人绿色通道的医疗机构占比",
    reading_title="默认机构范围",
    unit=Unit.RATIO,
    measure="家",
    population=f"状态正常的医疗机构：{CHANNEL_GROUPS_TEXT}",
    numerator_text="执业许可证（备案凭证）有效，挂号、就诊、缴费、取药四个环节都开通绿色通道的机构数",
    denominator_text="上述医疗机构总数；证照过期的仍在分母",
    definition="一证一家。只开通部分环节的不算开设，列为部分开通。",
    source=GOALS_2017,
    formula=green_channel(CHANNEL_GROUPS),
)
GC17_WITH_CLINICS = replace(
    GC17,
    reading="with_clinics",
    reading_title="含诊所、村卫生室",
    population=f"{GC17.population}，另加诊所、卫生所（室）、村卫生室",
    formula=green_channel(WITH_CLINICS),
)
EL17 = Indicator(
    code="EL17",
    reading="any_form",
    title="能够提供医疗卫生、康复护理服务的养老机构占比",
    reading_title="任一形式",
    unit=Unit.RATIO,
    measure="家",
    population=HOMES_TEXT,
    numerator_text="备案有效，以内设、签约、托管、巡诊任一形式提供医疗卫生或康复护理服务的养老机构数",
    denominator_text="养老机构总数；备案过期的仍在分母",
    definition="内设、签约的医疗以有效证照、协议为凭；康复护理按登记；多种形式只计一次。",
    source=GOALS_2017,
    formula=share_of_homes(SERVED_MEDICALLY | SERVED_IN_REHABILITATION),
)
EL17_BOTH = replace(
    EL17,
    reading="medical_and_rehabilitation",
    reading_title="医疗与康复护理兼有（从严）",
    numerator_text="备案有效，医疗卫生与康复护理两类服务都有的养老机构数",
    formula=share_of_homes(SERVED_MEDICALLY & SERVED_IN_REHABILITATION),
)
FD17 = Indicator(
    code="FD17",
    reading="key_population",
    title="家庭医生签约服务覆盖率",
    reading_title="重点人群",
    unit=Unit.RATIO,
    measure="人",
    population="常住重点人群（65 岁及以上、慢性病患者、残疾人等，去重人头）",
    numerator_text="统计日签约有效的重点人群：60 岁及以上按人去重，60 岁以下取各街道月报",
    denominator_text="公布的重点人群人数",
    definition=(
        "签约到期日当天有效、解约日当天无效，自动续约的至解约为止；按本人常住社区计，"
        "死亡、迁出、非常住、重复登记的不计。近一年内到期或解约而未续的列为排除。"
    ),
    source=f"{GOALS_2017}；原文未写人群，按国家同期重点人群口径判定",
    formula=signed_up(Q(is_key=True), PopulationGroup.KEY, under_60="key_under_60"),
)
FD17_65 = replace(
    FD17,
    reading="aged_65_plus",
    reading_title="65 岁及以上",
    population="65 岁及以上常住居民",
    numerator_text="统计日签约有效的 65 岁及以上常住居民人数",
    denominator_text="公布的 65 岁及以上常住人口数",
    formula=signed_up(Q(is_65=True), PopulationGroup.AGED_65),
)
FD17_ALL = replace(
    FD17,
    reading="all_residents",
    reading_title="全人群",
    population="全部常住居民",
    numerator_text="统计日签约有效的常住居民：60 岁及以上按人，60 岁以下取各街道月报",
    denominator_text="公布的常住总人口数",
    formula=signed_up(EVERYONE, PopulationGroup.TOTAL, under_60="under_60"),
)
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
    source=f"{GOALS_2017}；国家基本公共卫生服务规范（第三版）",
    formula=health_managed(HEALTH_MANAGEMENT_YEAR, POPULATION_AT_YEAR_END),
)
HM17_TO_DATE = replace(
    HM17,
    reading="year_to_date",
    reading_title="本年至今（进度）",
    numerator_text="1 月 1 日至统计日四项都完成的 65 岁及以上常住居民人数",
    denominator_text="最近公布的 65 岁及以上常住人口数",
    formula=health_managed(HEALTH_MANAGEMENT_TO_DATE, POPULATION),
)

# ── 2020 年目标 ───────────────────────────────────────────────────────────────

GC20 = replace(
    GC17,
    code="GC20",
    title="开通老年人绿色通道的医疗卫生机构占比",
    population=f"状态正常的医疗卫生机构：{CHANNEL_GROUPS_TEXT}；不设诊疗科目的不在内",
    source=GOALS_2020,
)
GC20_WITH_CLINICS = replace(
    GC20,
    reading="with_clinics",
    reading_title="含诊所、村卫生室",
    population=f"{GC20.population}；另加诊所、卫生所（室）、村卫生室",
    formula=green_channel(WITH_CLINICS),
)
EL20 = replace(
    EL17,
    code="EL20",
    title="能够提供医疗卫生服务的养老机构占比",
    numerator_text="备案有效，以内设、签约、托管、巡诊任一形式提供医疗卫生服务的养老机构数",
    source=GOALS_2020,
    formula=share_of_homes(SERVED_MEDICALLY),
)
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
    source=GOALS_2020,
    formula=bed_share("elderly_care_beds", "beds_in_use"),
)
BD20_EACH = replace(
    BD20,
    reading="institution_share",
    reading_title="逐家达到 30% 的机构占比",
    measure="家",
    numerator_text="康复、护理型床位不少于本机构总床位 30% 的养老机构数",
    denominator_text="养老机构总数；缺报的在分母、不在分子",
    formula=share_of_homes(REACHES_30_PERCENT, missing=NO_BED_REPORT),
)
BD20_ELDERLY_ONLY = replace(
    BD20,
    reading="elderly_beds_only",
    reading_title="分母仅养老床位",
    denominator_text="在用养老床位",
    formula=bed_share("elderly_care_beds", "beds"),
)
FULL_COVERAGE = f"{GOALS_2020}；原文“全覆盖”没有数字，不由机器判定"
FD20, FD20_65, FD20_ALL = (
    replace(record, code="FD20", source=FULL_COVERAGE) for record in (FD17, FD17_65, FD17_ALL)
)
HM20, HM20_TO_DATE = (
    replace(record, code="HM20", source=HM17.source.replace(GOALS_2017, GOALS_2020))
    for record in (HM17, HM17_TO_DATE)
)

# ── 主要任务中的数字 ──────────────────────────────────────────────────────────

HC90 = Indicator(
    code="HC90",
    reading="reachable",
    title="居家社区老年人能够享受专业服务的比例",
    reading_title="可及",
    unit=Unit.RATIO,
    measure="人",
    population="60 岁及以上常住、不住养老机构的老年人",
    numerator_text="所在社区有状态正常、证照有效的基层医疗卫生机构派出家庭医生团队的老年人数",
    denominator_text="公布的 60 岁及以上常住人口数－养老机构月末在住人数",
    definition="可及与实际两种口径并列，卫健委选定之前都不判定。",
    source="乌海政办发〔2017〕9号 三（三）",
    formula=at_home(Q(is_reachable=True)),
)
HC90_USED = replace(
    HC90,
    reading="used",
    reading_title="实际",
    numerator_text="签约有效、家庭病床在床或本年完成健康管理的老年人数",
    formula=at_home(Q(is_served=True)),
)
TM12 = Indicator(
    code="TM12",
    reading="integrated",
    title="蒙医中医医养结合机构",
    reading_title="已建成",
    unit=Unit.COUNT,
    measure="家",
    population="执业许可证有效、状态正常的蒙医中医机构",
    numerator_text="其中两证齐全的家数",
    denominator_text="",
    definition="从 1 家起即达标，超过 2 家不算未达标；没有年份，不判逾期。同一处所计一家。",
    source="乌海政办发〔2017〕9号 三（六）；原文“12所”读作 1—2 所",
    formula=traditional_medicine(Q(is_integrated=True)),
)
TM12_COOPERATING = replace(
    TM12,
    reading="cooperating",
    reading_title="以合作代替建设",
    numerator_text="其中与养老机构有有效协议或两证齐全的家数",
    definition="条款允许以合作代替建设，并列供参考；两证齐全的一处所计一家，只签协议的一证一家。",
    formula=traditional_medicine(Q(has_partner=True)),
)
PJ05 = Indicator(
    code="PJ05",
    reading="in_use",
    title="医养结合试点项目投入使用",
    reading_title="已核实投用",
    unit=Unit.COUNT,
    measure="个",
    population="政策列名的试点项目",
    numerator_text="已核实并投入使用的个数",
    denominator_text="",
    definition="未核实的列为缺报，不计数。",
    source="乌海政办发〔2017〕9号 五（二）",
    formula=pilots_in_use(),
)

# ── 其他常用指标 ──────────────────────────────────────────────────────────────

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
    source="健康中国行动（2019—2030年）口径，待核实；乌海政办发〔2017〕9号 三（五）",
    formula=share_of_hospitals(Department.GERIATRICS),
)
NURS = replace(
    BD20,
    code="NURS",
    reading="standard",
    title="养老机构护理型床位占比",
    numerator_text="养老机构护理型床位数",
    denominator_text="养老机构床位总数",
    source="国家 2025 年目标口径，待核实",
    formula=bed_share("nursing_beds", "beds"),
)
DUAL = Indicator(
    code="DUAL",
    reading="both_certificates",
    title="医养结合机构",
    reading_title="两证齐全",
    unit=Unit.COUNT,
    measure="家",
    population="住养机构",
    numerator_text="同一处所既有有效执业许可证（备案凭证）又有有效养老备案的机构数",
    denominator_text="",
    definition="同一地址或有举办关系的算一处，一处计一家；只签协议的不算。",
    source="国家卫生健康委 2024 年 5 月发布会用语",
    formula=dual_certified(),
)
PAIR = Indicator(
    code="PAIR",
    reading="total",
    title="医养签约合作",
    reading_title="全部",
    unit=Unit.COUNT,
    measure="对",
    population="医疗卫生机构与养老服务机构的协议",
    numerator_text="统计日有效的签约对数",
    denominator_text="",
    definition="同一对的多份协议、续签只计一次；按养老方所在区划计。",
    source="渝卫函〔2021〕299号统计用语；去重规则为本市采用",
    formula=pairs(),
)
PAIR_PRIMARY = replace(
    PAIR,
    reading="primary_care",
    reading_title="其中：基层机构与养老服务中心（站）",
    numerator_text="其中基层医疗卫生机构与养老服务中心（站）签约的对数",
    definition="是全部对数的一部分，不另外相加。",
    formula=pairs(Q(is_primary_pair=True)),
)
TEAM = Indicator(
    code="TEAM",
    reading="standard",
    title="家庭医生团队",
    reading_title="在岗",
    unit=Unit.COUNT,
    measure="个",
    population="家庭医生团队",
    numerator_text="统计日在岗、所属机构状态正常的团队数",
    denominator_text="",
    definition="按所属机构所在区划计。",
    source="渝卫函〔2021〕299号统计用语",
    formula=teams_on_duty(),
)
HBED = Indicator(
    code="HBED",
    reading="standard",
    title="家庭病床",
    reading_title="在床",
    unit=Unit.COUNT,
    measure="张",
    population="卫健系统的家庭病床",
    numerator_text="统计日未撤床的家庭病床数",
    denominator_text="",
    definition="民政的家庭养老床位不在内，两者不相加；按本人常住社区计。",
    source="乌海政办发〔2017〕9号 三（三）",
    formula=home_sickbeds(),
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
    definition="只计床位与在住都报了的机构，其余单列缺报。",
    source="本市采用口径",
    formula=occupancy(),
)

# ── 目录 ──────────────────────────────────────────────────────────────────────

CATALOGUE: tuple[Indicator, ...] = (
    *(GC17, GC17_WITH_CLINICS, EL17, EL17_BOTH),
    *(FD17, FD17_65, FD17_ALL, HM17, HM17_TO_DATE),
    *(GC20, GC20_WITH_CLINICS, EL20, BD20, BD20_EACH, BD20_ELDERLY_ONLY),
    *(FD20, FD20_65, FD20_ALL, HM20, HM20_TO_DATE),
    *(HC90, HC90_USED, TM12, TM12_COOPERATING, PJ05),
    *(GERI, NURS, DUAL, PAIR, PAIR_PRIMARY, TEAM, HBED, OCCU),
)
BY_KEY: dict[tuple[str, str], Indicator] = {record.key: record for record in CATALOGUE}
CODES: tuple[str, ...] = tuple(dict.fromkeys(record.code for record in CATALOGUE))


def readings_of(code: str) -> tuple[Indicator, ...]:
    """Every reading of an indicator, in catalogue order; empty for an unknown code."""
    return tuple(record for record in CATALOGUE if record.code == code)

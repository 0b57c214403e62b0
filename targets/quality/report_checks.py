"""What should not be found among reports, head counts and the figures made from them."""

from __future__ import annotations

from django.conf import settings

from institutions.models import BedCount, InstitutionProfile, Population, Region
from targets.indicators.base import Column
from targets.indicators.institution_subjects import INSTITUTION_PAGE
from targets.models import IndicatorSnapshot
from targets.quality import report_rows
from targets.quality.base import Check, Owner, Severity

OF_PROFILE = "profile__region"
_INSTITUTION = Column("机构", "profile__name")
_HOME = Column("养老机构", "name")
_POPULATION = (
    Column("区划", "region__name"),
    Column("人群", "group_in_words"),
    Column("统计时点", "counted_on"),
    Column("人数", "people"),
)
_BEDS = (
    _INSTITUTION,
    Column("统计日", "counted_on"),
    Column("登记口径", "register_in_words"),
    Column("核定或实有", "basis_in_words"),
    Column("总数", "total"),
)

# ── 报表与人口 ────────────────────────────────────────────────────────────────

BEDS_PARTS_ABOVE_TOTAL = Check(
    id="beds_parts_above_total",
    title="分类床位之和多于床位总数",
    severity=Severity.SERIOUS,
    owner=Owner.EITHER,
    why="护理型、康复床位多计，床位占比的分子可能大于分母。",
    remedy="请机构核对护理型、康复、安宁疗护床位后重报。",
    model=BedCount,
    rows=report_rows.parts_above_total,
    region=OF_PROFILE,
    columns=(*_BEDS, Column("分类之和", "parts")),
    page=INSTITUTION_PAGE,
)
BEDS_IN_BOTH_ABOVE_TOTAL = Check(
    id="beds_in_both_above_total",
    title="两边都登记的床位多于床位总数",
    severity=Severity.SERIOUS,
    owner=Owner.EITHER,
    why="重叠床位要从合计里减去；减多了，床位数和占比都错。",
    remedy="请机构对照民政备案与卫健核定，重报重叠床位。",
    model=BedCount,
    rows=report_rows.in_both_above_total,
    region=OF_PROFILE,
    columns=(
        *_BEDS,
        Column("两边登记", "in_both"),
        Column("两边都计护理、康复", "in_both_care"),
    ),
    page=INSTITUTION_PAGE,
)
BED_REPORT_STALE = Check(
    id="bed_report_stale",
    title=f"养老机构 {settings.REPORT_CARRY_DAYS} 天没有报床位，或从未报过",
    severity=Severity.WARNING,
    owner=Owner.CIVIL_AFFAIRS,
    why="床位报告最多沿用一个季度，过期按缺报：不进床位占比，上报率下降。",
    remedy="催报床位；停业的，变更机构状态。",
    model=InstitutionProfile,
    rows=report_rows.without_bed_report,
    region="region",
    columns=(_HOME, Column("备案床位", "filed_beds"), Column("上次报告", "last_reported_on")),
    page=INSTITUTION_PAGE,
)
OCCUPANCY_MISSING = Check(
    id="occupancy_missing",
    title="养老机构缺上月末在住人数",
    severity=Severity.WARNING,
    owner=Owner.CIVIL_AFFAIRS,
    why="入住率和“60 岁以上减在住”的分母都靠月末在住。",
    remedy="催报上月末在住人数。",
    model=InstitutionProfile,
    rows=report_rows.without_occupancy,
    region="region",
    columns=(_HOME, Column("备案床位", "filed_beds"), Column("上次报告", "last_reported_on")),
    page=INSTITUTION_PAGE,
)
STREET_RETURN_MISSING = Check(
    id="street_return_missing",
    title="街道缺上月的 60 岁以下签约月报",
    severity=Severity.WARNING,
    owner=Owner.HEALTH,
    why="全人群签约率的分子缺这个街道的 60 岁以下部分。",
    remedy="催报月报，居民与重点人群两项都要。",
    model=Region,
    rows=report_rows.without_monthly_return,
    region="pk",
    columns=(
        Column("街道", "name"),
        Column("已报居民", "has_under_60"),
        Column("已报重点人群", "has_key_under_60"),
    ),
)
POPULATION_OLD = Check(
    id="population_old",
    title=f"人口数已超过 {settings.QUALITY_POPULATION_YEARS} 年",
    severity=Severity.NOTICE,
    owner=Owner.HEALTH,
    why="分母是几年前的人口，占比会与现状越差越远。",
    remedy="向统计、公安部门取最近公布的人口数，登记时点与来源。",
    model=Population,
    rows=report_rows.old_populations,
    region="region",
    columns=(*_POPULATION, Column("来源", "source")),
)
POPULATION_PARTS_DIFFER = Check(
    id="population_parts_differ",
    title="下级人口相加与本级公布数不符",
    severity=Severity.WARNING,
    owner=Owner.HEALTH,
    why="本级用自己的公布数，下级用下级的；两者不符，各区之和对不上全市。",
    remedy="核对统计时点与来源是否相同，以公布机关的数字更正。",
    model=Population,
    rows=report_rows.differing_parts,
    region="region",
    columns=(*_POPULATION, Column("下级合计", "parts_total")),
)
POPULATION_AGES = Check(
    id="population_ages",
    title="人口数多于包含它的人群",
    severity=Severity.SERIOUS,
    owner=Owner.HEALTH,
    why="80 岁以上多于 65 岁以上这类数字必有一个错，用作分母就错。",
    remedy="对照公布表更正登错的一个。",
    model=Population,
    rows=report_rows.above_wider_group,
    region="region",
    columns=_POPULATION,
)

# ── 本批次的数字 ──────────────────────────────────────────────────────────────

FIGURE_OVER_ONE = Check(
    id="figure_over_one",
    title="分子大于分母",
    severity=Severity.SERIOUS,
    owner=Owner.HEALTH,
    why="超过 100% 的占比不判定；不是人口数旧了，就是记录多了。",
    remedy="先看该区划的人口数时点，再看分子记录里有无重复。",
    model=IndicatorSnapshot,
    rows=report_rows.figures_over_one,
    region="region",
    columns=(
        Column("指标", "indicator"),
        Column("口径", "reading"),
        Column("区划", "region__name"),
        Column("分子", "numerator"),
        Column("分母", "denominator"),
    ),
    page=("indicator-detail", "indicator"),
    run="run",
)

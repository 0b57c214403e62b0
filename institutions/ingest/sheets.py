"""The sheets of this app's registers: headings as offices write them, read as text."""

from __future__ import annotations

from institutions.actions import (
    give_licence,
    open_green_channel,
    publish_population,
    register_institution,
    report_beds,
)
from institutions.actions_reports import give_care_service, report_occupancy, report_staff
from institutions.categories import HealthCategory
from institutions.ingest.admitting import (
    EDIT_ELDERLY,
    EDIT_HEALTH,
    REPORT_OWN,
    beds_line,
    institution_line,
    institutions_in,
    institutions_seen,
    licence_line,
    own_institution,
    own_region,
)
from institutions.ingest.cells import (
    INSTITUTION,
    LEVELS,
    REGION_ALSO,
    choice,
    code_up_to,
    count,
    credit_code_of,
    day,
    elderly_grade_of,
    institution_of,
    level_of,
    one_of,
    optional,
    region_of,
    some_of,
    text_up_to,
    whole_number,
    yes_or_no,
)
from institutions.ingest.registers import Cell, RegisterSheet
from institutions.ingest.standing import held_from, profile_of_code, reported
from institutions.models import (
    BedBasis,
    BedCount,
    BedRegister,
    CareService,
    ChannelStep,
    Department,
    ElderlyKind,
    Grade,
    GreenChannel,
    Licence,
    LicenceKind,
    Occupancy,
    Ownership,
    Population,
    PopulationBasis,
    PopulationGroup,
    ServiceForm,
    StaffCount,
    Status,
)

# 别处仍从这里取读法。
__all__ = ["SHEETS", "institution_of", "one_of", "optional", "some_of"]

HEALTH, ELDERLY = frozenset({EDIT_HEALTH}), frozenset({EDIT_ELDERLY})
BOTH = HEALTH | ELDERLY
REPORTERS = BOTH | {REPORT_OWN}
LEVEL_NAMES = tuple(name for name in LEVELS if name.endswith("级"))
_START = day("起始日期", "starts_on", "开始日期", "起始日", "生效日期", "有效期起", "发证日期")
_END = day("截止日期", "ends_on", "有效期至", "有效期止", "到期日期", "截止日", is_required=False)
_COUNTED = day("统计日", "counted_on", "统计日期", "报表日期", "截至日期", "统计时点", "统计时间")

INSTITUTIONS = RegisterSheet(
    name="institutions",
    title="机构台账",
    cells=(
        Cell("机构编码", "code", code_up_to(32), also=INSTITUTION.also, is_code=True),
        Cell("名称", "name", text_up_to(100), also=("机构名称", "单位名称", "养老机构名称")),
        Cell("区划代码", "region", region_of, also=REGION_ALSO, is_code=True),
        _START,
        choice("状态", "status", Status, also=("机构状态", "运营状态", "营业状态")),
        Cell("地址", "address", text_up_to(200), False, ("机构地址", "详细地址", "单位地址")),
        Cell(
            "统一社会信用代码",
            "credit_code",
            credit_code_of,
            False,
            ("信用代码", "社会信用代码"),
            is_code=True,
        ),
        choice(
            "卫生机构类别",
            "category",
            HealthCategory,
            also=("机构类别", "医疗机构类别"),
            is_required=False,
        ),
        Cell("医院级别", "level", level_of, False, ("级别",), choices=LEVEL_NAMES),
        choice(
            "养老服务机构类型",
            "elderly_kind",
            ElderlyKind,
            also=("养老机构类型", "养老类型"),
            is_required=False,
        ),
        choice("性质", "ownership", Ownership, also=("机构性质", "办别"), is_required=False),
        Cell(
            "举办单位编码",
            "host",
            optional(institution_of),
            False,
            ("举办单位代码",),
            is_code=True,
        ),
        choice("医院等次", "grade", Grade, also=("等次",), is_required=False),
        Cell("科室", "departments", some_of(Department), False, ("诊疗科目",)),
        Cell("养老机构等级", "elderly_grade", elderly_grade_of, False, ("星级",)),
    ),
    enter=register_institution,
    needs=BOTH,
    keys=frozenset({"code", "starts_on"}),
    standing=profile_of_code,
    admits=institution_line,
    held=institutions_seen,
)
LICENCES = RegisterSheet(
    name="licences",
    title="证照台账",
    cells=(
        INSTITUTION,
        choice("证照种类", "kind", LicenceKind, also=("证照类型", "证书种类", "许可种类")),
        Cell(
            "证照编号",
            "number",
            code_up_to(40),
            also=("证号", "登记号", "许可证号", "备案编号", "证书编号"),
            is_code=True,
        ),
        _START,
        _END,
        Cell("全日床位", "full_time_beds", optional(whole_number), False, ("全日床位数",)),
        Cell("发证机关", "issued_by", text_up_to(60), False, ("备案机关", "发证单位")),
    ),
    enter=give_licence,
    needs=BOTH,
    keys=frozenset({"institution", "kind", "starts_on"}),
    standing=reported(Licence, "institution", "kind", "starts_on"),
    admits=licence_line,
    held=institutions_in(Licence),
)
GREEN_CHANNELS = RegisterSheet(
    name="green_channels",
    title="绿色通道台账",
    cells=(
        INSTITUTION,
        Cell("覆盖环节", "steps", some_of(ChannelStep), also=("环节", "开通环节", "服务环节")),
        _START,
    ),
    enter=open_green_channel,
    needs=HEALTH,
    keys=frozenset({"institution", "starts_on"}),
    standing=held_from(GreenChannel, "institution"),
    admits=own_institution,
    held=institutions_in(GreenChannel),
)
BEDS = RegisterSheet(
    name="beds",
    title="床位报表",
    cells=(
        INSTITUTION,
        _COUNTED,
        choice("登记口径", "register", BedRegister, also=("口径", "床位口径")),
        choice("核定或实有", "basis", BedBasis, also=("核定实有", "床位性质")),
        count("床位总数", "total", "床位数", "总床位", "床位合计", is_required=True),
        count("护理型床位", "nursing", "护理型", "护理床位"),
        count("康复床位", "rehabilitation", "康复", "康复型床位"),
        count("安宁疗护床位", "hospice", "安宁疗护", "临终关怀床位"),
        count("日托床位", "day_care", "日托", "日间照料床位"),
        count("两边都登记的床位", "in_both"),
        count("两边都计为护理康复的床位", "in_both_care"),
    ),
    enter=report_beds,
    needs=REPORTERS,
    keys=frozenset({"institution", "counted_on", "register", "basis"}),
    standing=reported(BedCount, "institution", "counted_on", "register", "basis"),
    admits=beds_line,
    held=institutions_in(BedCount),
)
OCCUPANCY = RegisterSheet(
    name="occupancy",
    title="在住月报",
    cells=(
        INSTITUTION,
        day("月末日", "counted_on", "统计日", "统计日期", "统计时间", "月末日期", "报表日期"),
        count("在住老年人", "occupants", "在住人数", "入住人数", "入住老人数", is_required=True),
        count("失能", "dependent", "其中失能", "失能人数", "失能老年人"),
        count("部分失能", "partly_dependent", "其中部分失能", "半失能", "半失能人数"),
        count("80岁及以上", "aged_80_plus", "其中80岁及以上", "80岁以上", "高龄老年人"),
    ),
    enter=report_occupancy,
    needs=ELDERLY | {REPORT_OWN},
    keys=frozenset({"institution", "counted_on"}),
    standing=reported(Occupancy, "institution", "counted_on"),
    admits=own_institution,
    held=institutions_in(Occupancy),
)
STAFF = RegisterSheet(
    name="staff",
    title="人员报表",
    cells=(
        INSTITUTION,
        _COUNTED,
        count("执业（助理）医师", "physicians", "执业医师", "医师", "医生", "医师数"),
        count("注册护士", "nurses", "护士", "护士数"),
        count("护理员", "care_workers", "养老护理员", "护理员数"),
        count("康复人员", "rehabilitation_staff", "康复治疗师", "康复师"),
        count("多点执业医师", "multi_site_physicians", "其中多点执业医师", "多点执业"),
    ),
    enter=report_staff,
    needs=REPORTERS,
    keys=frozenset({"institution", "counted_on"}),
    standing=reported(StaffCount, "institution", "counted_on"),
    admits=own_institution,
    held=institutions_in(StaffCount),
)
CARE_SERVICES = RegisterSheet(
    name="care_services",
    title="医疗服务形式",
    cells=(
        INSTITUTION,
        choice("服务形式", "form", ServiceForm, also=("服务方式",)),
        Cell("提供医疗卫生服务", "gives_medical", yes_or_no, False, ("医疗卫生服务", "医疗服务")),
        Cell("提供康复护理服务", "gives_rehabilitation", yes_or_no, False, ("康复护理服务",)),
        Cell(
            "提供机构编码",
            "provider",
            optional(institution_of),
            False,
            ("提供机构", "医疗机构编码"),
            is_code=True,
        ),
        _START,
        _END,
    ),
    enter=give_care_service,
    needs=REPORTERS,
    keys=frozenset({"institution", "form", "starts_on"}),
    standing=reported(CareService, "institution", "form", "starts_on"),
    admits=own_institution,
    held=institutions_in(CareService),
)
POPULATIONS = RegisterSheet(
    name="populations",
    title="人口数",
    cells=(
        Cell("区划代码", "region", region_of, also=REGION_ALSO, is_code=True),
        choice("人群", "group", PopulationGroup, also=("人群类别",)),
        choice("口径", "basis", PopulationBasis, also=("人口口径",)),
        day("统计时点", "counted_on", "统计日", "统计日期", "时点"),
        count("人数", "people", "人口数", "人口", is_required=True),
        Cell("来源", "source", text_up_to(200), also=("数据来源",)),
    ),
    enter=publish_population,
    needs=HEALTH,
    keys=frozenset({"region", "group", "basis", "counted_on"}),
    standing=reported(Population, "region", "group", "basis", "counted_on"),
    admits=own_region,
)
SHEETS = (
    INSTITUTIONS,
    LICENCES,
    GREEN_CHANNELS,
    BEDS,
    OCCUPANCY,
    STAFF,
    CARE_SERVICES,
    POPULATIONS,
)

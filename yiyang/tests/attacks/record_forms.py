"""The forms of an institution's record, filled as a clerk would."""

from __future__ import annotations

from dataclasses import replace

from yiyang.access.roles import Role
from yiyang.tests.attacks.filled import Filled

CLERK = Role.CITY_HEALTH_CLERK
HOSPITAL, HOME_OF = {"institution_id": "hospital"}, {"institution_id": "home"}
LICENCE = {**HOSPITAL, "kind": "licence", "fact_id": "licence_id"}
OPTIONAL = {"ends_on": "2030-12-31", "reason": "核实"}
PROFILE = {
    "name": "西原医院",
    "status": "OPERATING",
    "region": "{street}",
    "address": "西原路 1 号",
    "credit_code": "",
    "ownership": "PUBLIC",
    "category": "A100",
    "level": "2",
    "grade": "A",
    "departments": ["GERIATRICS"],
    "elderly_kind": "",
    "elderly_grade": "",
    "host": "",
    "reason": "升级，卫医发〔2020〕1号",
}
BEDS = ("total", "nursing", "rehabilitation", "hospice", "day_care", "in_both", "in_both_care")
OCCUPANTS = ("dependent", "partly_dependent", "aged_80_plus")
STAFF = (
    *("physicians", "nurses", "care_workers", "rehabilitation_staff"),
    "multi_site_physicians",
)

TERMS = {
    "team": "{team_code}",
    "signed_on": "2030-01-01",
    "starts_on": "2030-01-01",
    "expires_on": "2030-12-31",
    "auto_renews": "on",
}
SIGNUP, TEAM_OF = {"uid": "person", "signup_id": "signup"}, {"team_id": "team"}

_FORMS = (
    Filled(
        "team-new",
        CLERK,
        {
            "code": "TD-NEW",
            "name": "新原团队",
            "institution": "西原医院",
            "starts_on": "2020-01-01",
            "reason": "新设",
        },
    ),
    Filled("team-rename", CLERK, {"name": "西原一队", "reason": "更名"}, TEAM_OF),
    Filled("team-end", CLERK, {"ends_on": "2030-01-01", "reason": "撤销"}, TEAM_OF),
    Filled(
        "team-area-new",
        CLERK,
        {"region": "{east_community}", "starts_on": "2020-01-01", "reason": ""},
        TEAM_OF,
    ),
    Filled(
        "team-area-end",
        CLERK,
        {"ends_on": "2030-01-01", "reason": "调整"},
        {**TEAM_OF, "area_id": "area"},
    ),
    Filled(
        "team-area-correct",
        CLERK,
        {"region": "{east_community}", "starts_on": "2019-01-01", **OPTIONAL},
        {**TEAM_OF, "area_id": "area"},
    ),
    Filled("signup-new", CLERK, TERMS, {"uid": "person"}),
    Filled("signup-renew", CLERK, TERMS, SIGNUP, is_accepted=False),
    Filled("signup-terminate", CLERK, {"on": "2018-01-01", "reason": "搬家"}, SIGNUP),
    Filled("signup-void", CLERK, {"reason": "录错"}, SIGNUP),
    Filled(
        "institution-new",
        CLERK,
        {
            "code": "XY-0001",
            "starts_on": "2020-01-01",
            **PROFILE,
            "name": "新原卫生院",
            "category": "C220",
        },
    ),
    Filled(
        "institution-edit",
        CLERK,
        {"starts_on": "2020-01-01", **PROFILE, "confirmed": "yes"},
        HOSPITAL,
    ),
    Filled(
        "institution-merge",
        CLERK,
        {"other": "{spare_code}", "stays": "this", "reason": "同一许可证号"},
        HOSPITAL,
    ),
    Filled(
        "merge-detail",
        Role.CITY_HEALTH_REVIEWER,
        {"decision": "refuse", "answer": "不是同一家"},
        {"merge_id": "merge"},
    ),
    Filled(
        "merge-undo",
        Role.CITY_HEALTH_REVIEWER,
        {"undo_reason": "并错了"},
        {"merge_id": "merge"},
        is_accepted=False,
    ),
    Filled(
        "population-new",
        CLERK,
        {
            "region": "{west}",
            "group": "TOTAL",
            "basis": "USUAL",
            "counted_on": "2020-12-31",
            "people": "21000",
            "source": "2020 年统计公报",
        },
    ),
    Filled(
        "fact-new",
        CLERK,
        {
            "kind": "CLINIC_FILING",
            "number": "备 2020-1",
            "issued_by": "西区卫健委",
            "full_time_beds": "0",
            "starts_on": "2020-01-01",
            "ends_on": "2024-12-31",
            "reason": "卫备〔2020〕1号",
        },
        {**HOSPITAL, "kind": "licence"},
    ),
    Filled(
        "fact-new",
        CLERK,
        {"steps": ["REGISTRATION", "PAYMENT"]},
        {**HOSPITAL, "kind": "channel"},
        is_accepted=False,
    ),
    Filled(
        "fact-new",
        CLERK,
        {
            "form": "MEDICAL_ROUND",
            "gives_medical": "on",
            "gives_rehabilitation": "on",
            "provider": "",
            "starts_on": "2020-01-01",
            **OPTIONAL,
        },
        {**HOME_OF, "kind": "service"},
    ),
    Filled(
        "fact-new",
        CLERK,
        {"scheme": "BASIC", "code": "H15030", "starts_on": "2020-01-01", **OPTIONAL},
        {**HOSPITAL, "kind": "designation"},
    ),
    Filled(
        "fact-new",
        CLERK,
        {"name": "赵主任", "phone": "15400005678", "starts_on": "2020-01-01", "reason": ""},
        {**HOSPITAL, "kind": "contact"},
    ),
    Filled(
        "fact-new",
        CLERK,
        {
            "counted_on": "2020-06-30",
            "register": "HEALTH",
            "basis": "ACTUAL",
            **dict.fromkeys(BEDS, "10"),
            "reason": "",
        },
        {**HOME_OF, "kind": "beds"},
    ),
    Filled(
        "fact-new",
        Role.CITY_CIVIL_AFFAIRS_CLERK,
        {
            "counted_on": "2020-06-30",
            "occupants": "40",
            **dict.fromkeys(OCCUPANTS, "10"),
            "reason": "",
        },
        {**HOME_OF, "kind": "occupancy"},
    ),
    Filled(
        "fact-new",
        CLERK,
        {"counted_on": "2020-06-30", **dict.fromkeys(STAFF, "3"), "reason": ""},
        {**HOME_OF, "kind": "staff"},
    ),
    Filled("fact-new", CLERK, {"text": "已到现场看过", "reason": ""}, {**HOME_OF, "kind": "note"}),
    Filled(
        "fact-correct",
        CLERK,
        {
            "kind": "MEDICAL_LICENCE",
            "number": "更正号",
            "issued_by": "",
            "full_time_beds": "",
            "starts_on": "2015-01-01",
            "ends_on": "",
            "reason": "抄错编号",
        },
        LICENCE,
    ),
    Filled("fact-end", CLERK, {"ends_on": "2030-01-01", "reason": "到期"}, LICENCE),
    Filled("population-void", CLERK, {"reason": "登错"}, {"population_id": "population"}),
    Filled(
        "profile-void",
        CLERK,
        {"reason": "录错"},
        {**HOSPITAL, "profile_id": "profile"},
        is_accepted=False,
    ),
    Filled("fact-void", CLERK, {"reason": "录错机构"}, LICENCE),
)
RECORD_FORMS = tuple(replace(form, is_alike=True) for form in _FORMS)

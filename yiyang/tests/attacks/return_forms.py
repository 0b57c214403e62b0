"""The forms of quarterly returns, filled as a clerk would."""

from __future__ import annotations

from yiyang.access.roles import Role
from yiyang.tests.attacks.filled import Filled

CLERK, REVIEWER = Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER
ITEM = {
    "code": "07",
    "label": "家庭病床",
    "unit": "BEDS",
    "kind": "STOCK",
    "answered_by": "DISTRICT",
    "part_of": "",
    "fetch": "NUMERATOR:HBED/standard",
    "quotient": "",
    "definition": "在床的家庭病床",
    "position": "2",
}
CHECK = {
    "kind": "LAST_YEAR",
    "left": "01",
    "terms": "",
    "tolerance": "20",
    "least": "5",
    "is_hard": "no",
}
RETURN_FORMS = (
    Filled(
        "return-period-new",
        CLERK,
        {
            "year": "2020",
            "quarter": "3",
            "institution_due": "2020-10-12",
            "district_due": "2020-10-19",
            "city_due": "2020-10-26",
        },
    ),
    Filled(
        "return-detail",
        CLERK,
        {"value-01": "7", "note-01": "按登记簿核对"},
        {"return_id": "return_city"},
    ),
    Filled(
        "return-sheet-upload",
        CLERK,
        {"file": "不是文件"},
        {"return_id": "return_city"},
        is_accepted=False,
    ),
    Filled(
        "return-step",
        CLERK,
        {"verb": "FETCH", "text": "补取一次", "seen": ""},
        {"return_id": "return_city"},
    ),
    Filled(
        "return-correct",
        CLERK,
        {"value-01": "8", "reason": "漏报三张床位"},
        {"return_id": "return_total"},
    ),
    Filled(
        "return-correction",
        REVIEWER,
        {"decision": "agree", "answer": "属实"},
        {"correction_id": "return_correction"},
    ),
    Filled(
        "return-form-amend",
        CLERK,
        {
            "title": "测试季度监测表",
            "table_number": "测季01",
            "issued_by": "测试市卫生健康委员会",
            "approval_number": "",
            "valid_from": "2027-01-01",
            "valid_until": "",
            "note": "没有发生的填 0",
        },
        {"form_id": "return_draft"},
    ),
    Filled("return-item-new", CLERK, ITEM, {"form_id": "return_draft"}, form_class="ItemForm"),
    Filled("return-item-edit", CLERK, ITEM, {"item_id": "return_item"}, form_class="ItemForm"),
    Filled("return-check-new", CLERK, CHECK, {"form_id": "return_draft"}, form_class="CheckForm"),
    Filled("return-check-edit", CLERK, CHECK, {"check_id": "return_check"}, form_class="CheckForm"),
)

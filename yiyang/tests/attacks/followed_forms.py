"""The forms of tasks, 督办, holidays and statistical tables, filled as a clerk would."""

from __future__ import annotations

from yiyang.access.roles import Role
from yiyang.tests.attacks.filled import Filled

CLERK, REVIEWER = Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER
SUPERVISION = {
    "title": "绿色通道开通督办",
    "kind": "ROUTINE",
    "urgency": "NORMAL",
    "lead": "region-{west_id}",
    "assistants": "bureau-{task_bureau}",
    "basis_text": "市政府专题会议纪要",
    "content": "年底前全部开通绿色通道",
    "frequency": "MONTH",
    "allowed_days": "20",
    "due_by": "",
    "task": "",
    "indicator": "",
}
FOLLOWED_FORMS = (
    Filled(
        "holiday-new",
        CLERK,
        {
            "kind": "OFF",
            "first": "2030-10-01",
            "last": "2030-10-03",
            "name": "国庆节",
            "source": "国办发明电〔2029〕1号",
        },
    ),
    Filled(
        "tabulation-filing-list",
        CLERK,
        {
            "number": "测卫老统2表",
            "issuer": "测试市卫生健康委员会",
            "approval": "测统制〔2030〕2号",
            "starts_on": "2030-01-01",
            "ends_on": "2031-12-31",
        },
        {"code": "health"},
    ),
    Filled("tabulation-filing-void", CLERK, {"reason": "录错了"}, {"filing_id": "filing"}),
    Filled("tabulation-archive", CLERK, {}, {"code": "beds"}),
    Filled("holiday-void", CLERK, {"reason": "录错了"}, {"holiday_id": "holiday"}),
    Filled(
        "task-report",
        REVIEWER,
        {"kind": "RETURN", "text": "请补上进度数字", "percentage": "50"},
        {"task_id": "board_task", "part_id": "claimed_part"},
    ),
    Filled(
        "task-milestone-new",
        CLERK,
        {"title": "出台实施细则", "due_on": "2030-06-30"},
        {"task_id": "board_task"},
    ),
    Filled(
        "task-milestone-reach", CLERK, {"reached_on": "2020-06-30"}, {"milestone_id": "milestone"}
    ),
    Filled(
        "task-milestone-correct",
        CLERK,
        {"title": "印发实施细则", "due_on": "2020-09-30", "reason": "原定日期录错"},
        {"milestone_id": "milestone"},
    ),
    Filled("task-milestone-void", CLERK, {"reason": "设错了"}, {"milestone_id": "milestone"}),
    Filled(
        "bureau-grant-new",
        Role.SECURITY_ADMIN,
        {"bureau": "{task_bureau}"},
        {"user_id": "liaison"},
    ),
    Filled("supervision-new", CLERK, SUPERVISION, form_class="SupervisionForm"),
    Filled(
        "supervision-amend",
        CLERK,
        SUPERVISION,
        {"supervision_id": "supervision_draft"},
        form_class="SupervisionForm",
    ),
    Filled(
        "supervision-step",
        CLERK,
        {"verb": "CHASE", "text": "请报进展", "asked_by": "2099-12-31"},
        {"supervision_id": "supervision"},
    ),
)

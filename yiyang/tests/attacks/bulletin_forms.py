"""The forms of 通报, filled as a clerk would."""

from __future__ import annotations

from yiyang.access.roles import Role
from yiyang.tests.attacks.bulletins import ISSUER, WORDS
from yiyang.tests.attacks.filled import Filled

CLERK = Role.CITY_HEALTH_CLERK
BULLETIN_FORMS = (
    # 目标与抄送是勾选：所选的不在列表里就不收，见 targets/tests/bulletins。
    Filled(
        "bulletin-new",
        CLERK,
        {
            "as_of": "{day}",
            "region": "{city_id}",
            "title": "关于绿色通道历史情况的通报",
            "addressee": "各区人民政府",
            "copied_to": ISSUER,
            "targets": "{target_id}",
            "with_ranking": "",
            "feedback_by": "",
        },
    ),
    Filled(
        "bulletin-amend",
        CLERK,
        {**WORDS, "copied_to": ISSUER, "with_ranking": "", "feedback_by": "2099-03-01", "seen": ""},
        {"bulletin_id": "bulletin_draft"},
    ),
    Filled(
        "bulletin-step",
        Role.CITY_HEALTH_REVIEWER,
        {"verb": "ENDORSE", "text": "同意", "signer": "王某", "seen": ""},
        {"bulletin_id": "bulletin"},
    ),
    Filled(
        "bulletin-template-list", CLERK, {"file": "不是文件", "note": "改了标题"}, is_accepted=False
    ),
    Filled(
        "bulletin-template-void",
        CLERK,
        {"reason": "版式不对"},
        {"template_id": "bulletin_template"},
    ),
)

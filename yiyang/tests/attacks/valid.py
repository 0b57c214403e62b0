"""Every form filled as a clerk would, so that one field at a time can be filled otherwise."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from institutions.tests.batches import BEDS_CELLS
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD
from yiyang.tests.attacks.bulletin_forms import BULLETIN_FORMS
from yiyang.tests.attacks.edition_forms import EDITION_FORMS
from yiyang.tests.attacks.filled import Filled as Filled
from yiyang.tests.attacks.followed_forms import FOLLOWED_FORMS
from yiyang.tests.attacks.proposal_forms import PROPOSAL_FORMS
from yiyang.tests.attacks.record_forms import RECORD_FORMS
from yiyang.tests.attacks.return_forms import RETURN_FORMS
from yiyang.tests.attacks.scene import HOSPITAL, NAME

CLERK, REVIEWER = Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER
NEXT_WEEK = f"{timezone.localdate() + timedelta(days=7):%Y-%m-%d}"
NEW_PASSWORD = "绿色-Mountain-58-lamp"

DRAFT = {"slug": "policy_draft"}
POLICY = {
    "number": "测政发〔2017〕9号",
    "title": "标题",
    "issuer": "机关",
    "signed_on": "2017-03-01",
    "published_on": "2017-03-09",
    "region": "{city_id}",
    "status_seen_on": "2017-03-10",
    "is_checked": "on",
    "source_note": "来源",
}
TARGET = {
    "clause": "{draft_clause}",
    "wording": "目标说明",
    "threshold": "80%",
    "due_on": "2017-12-31",
    "judged_reading": "standard",
    "has_upper_failure": "on",
    "region": "{city_id}",
    "note": "口径说明",
}
TASK = {
    "title": "任务",
    "printed_number": "1",
    "mode": "SOLE",
    "main": "测试市民政局",
    "support": "",
    "is_open_ended": "on",
}
FORMS = (
    Filled(
        "password-change",
        CLERK,
        {
            "old_password": PASSWORD,
            "password": NEW_PASSWORD,
            "password_again": NEW_PASSWORD,
        },
    ),
    Filled(
        "user-open",
        Role.SECURITY_ADMIN,
        {
            "display_name": "赵新来",
            "staff_number": "W-2027",
            "username": "zhao.xinlai",
            "role": "leader",
        },
    ),
    Filled(
        "user-role",
        Role.SECURITY_ADMIN,
        {"role": "leader", "reason": "调任，依据任免文件"},
        {"user_id": "account"},
    ),
    Filled(
        "token-new",
        Role.SECURITY_ADMIN,
        {
            "name": "民政系统同步",
            "reads": ["institutions", "beds"],
            "writes": [],
            "regions": "{east}",
            "networks": "10.1.2.0/24",
            "expires_on": NEXT_WEEK,
        },
        {"user_id": "client"},
    ),
    Filled(
        "token-rotate",
        Role.SECURITY_ADMIN,
        {"expires_on": NEXT_WEEK, "overlap_days": "7"},
        {"user_id": "client", "token_id": "api_token"},
    ),
    Filled(
        "token-revoke",
        Role.SECURITY_ADMIN,
        {"reason": "系统停用"},
        {"user_id": "client", "token_id": "api_token"},
    ),
    Filled("grant-new", Role.SECURITY_ADMIN, {"code": "{east}"}, {"user_id": "account"}),
    Filled(
        "institution-status",
        CLERK,
        {
            "status": "SUSPENDED",
            "on": "2020-01-01",
            "reason": "装修停业",
            "agreements": ["{agreement}"],
            "listed": ["agreements:{agreement}", "agreements:{draft}"],
        },
        {"institution_id": "hospital"},
    ),
    Filled(
        "agreement-new",
        CLERK,
        {
            "medical": "{hospital_code}",
            "elderly": "{home_code}",
            "mode": "MEDICAL_ROUND",
            "items": ["NURSING"],
            "starts_on": "2020-01-01",
            "expires_on": "2020-12-31",
            "medical_signed_on": "2019-12-20",
            "elderly_signed_on": "2019-12-21",
            "number": "自编-1",
        },
    ),
    Filled(
        "agreement-act",
        CLERK,
        {"on": "2020-01-01", "reason": "双方协商一致"},
        {"agreement_id": "agreement", "verb": "terminate"},
    ),
    Filled(
        "agreement-act",
        CLERK,
        {"reason": "登记错了"},
        {"agreement_id": "agreement", "verb": "void"},
    ),
    Filled(
        "agreement-act",
        CLERK,
        {"side": "medical", "on": "2020-01-01"},
        {"agreement_id": "draft", "verb": "sign"},
    ),
    Filled(
        "attachment-new",
        CLERK,
        {"file": "不是文件"},
        {"holder": "agreement_files", "object_id": "agreement"},
        is_accepted=False,
    ),
    Filled("attachment-void", CLERK, {"reason": "传错了文件"}, {"uid": "attachment"}),
    *RECORD_FORMS,
    *FOLLOWED_FORMS,
    *BULLETIN_FORMS,
    *RETURN_FORMS,
    *PROPOSAL_FORMS,
    *EDITION_FORMS,
    Filled("person-search", CLERK, {"term": NAME}),
    Filled("person-export", REVIEWER, {"columns": ["name"], "purpose": "核对体检名单，交疾控科"}),
    Filled(
        "person-reveal",
        REVIEWER,
        {"field": "phone", "reason": "contact", "note": "通知上门体检的日子"},
        {"uid": "person"},
    ),
    Filled(
        "person-held",
        REVIEWER,
        {"reason": "本人到场申请查阅", "form": "json"},
        {"uid": "person"},
    ),
    Filled(
        "map-new",
        CLERK,
        {"region": "{city_id}", "approval_number": "蒙S（2026）001号"},
        is_accepted=False,
    ),
    Filled("map-void", CLERK, {"reason": "界线有误"}, {"map_id": "map"}),
    Filled("import-new", CLERK, {"register": "beds", "cells": BEDS_CELLS}),
    Filled(
        "import-match",
        CLERK,
        {
            "column-0": "institution",
            "column-1": "counted_on",
            "column-2": "register",
            "column-3": "basis",
            "column-4": "total",
            "extent": "part",
        },
        {"batch_id": "own_batch"},
    ),
    Filled(
        "gap-contact",
        CLERK,
        {"institution": "{hospital}", "contacted_on": "2020-05-06", "text": "已电话催办"},
        {"code": "GC17"},
        "?region={west}&as_of={day}",
    ),
    Filled(
        "plan-new",
        CLERK,
        {"name": "新方案", "region": "{east_id}", "as_of": "2027-12-31", "note": "说明"},
    ),
    Filled(
        "plan-step-new",
        CLERK,
        {"subject": "{home}", "amount": "5"},
        {"plan_id": "own_plan", "kind": "add-beds"},
    ),
    Filled(
        "plan-step-new",
        CLERK,
        {"subject": "{hospital}", "partner": "{home}"},
        {"plan_id": "own_plan", "kind": "new-agreement"},
        is_accepted=False,
    ),
    Filled("policy-new", CLERK, POLICY, form_class="PolicyForm"),
    Filled("policy-facts", CLERK, POLICY, DRAFT, form_class="PolicyForm"),
    Filled(
        "policy-clause-new",
        CLERK,
        {"reference": "三", "topic": "短题"},
        DRAFT,
        form_class="ClauseForm",
    ),
    Filled(
        "policy-clause-edit",
        CLERK,
        {"reference": "四", "topic": "改过的短题"},
        {**DRAFT, "clause_id": "draft_clause"},
        form_class="ClauseForm",
    ),
    Filled("policy-target-new", CLERK, TARGET, DRAFT, "?indicator=GC17", form_class="TargetForm"),
    Filled(
        "policy-target-edit",
        CLERK,
        TARGET,
        {**DRAFT, "code": "draft_target"},
        form_class="TargetForm",
    ),
    Filled(
        "policy-milestone-new",
        CLERK,
        {"step_on": "2017-06-30", "step": "40%"},
        {**DRAFT, "code": "draft_target"},
    ),
    Filled("policy-task-new", CLERK, TASK, DRAFT, form_class="TaskForm"),
    Filled("policy-task-edit", CLERK, TASK, {**DRAFT, "position": "1"}, form_class="TaskForm"),
    Filled("policy-discard", CLERK, {"reason": "录错了文件"}, DRAFT),
    Filled("policy-send-back", REVIEWER, {"reason": "目标值不对"}, {"slug": "policy_submitted"}),
    Filled(
        "policy-end",
        CLERK,
        {
            "status": "SUPERSEDED",
            "superseded_by": "{later_policy}",
            "from_day": "2019-01-01",
            "seen_on": "2019-02-01",
            "reason": "新文件写明",
            "agreed": "on",
        },
        {"slug": "policy"},
    ),
    Filled(
        "policy-confirm", CLERK, {"rows": ["document"], "ground": "政府公报"}, {"slug": "policy"}
    ),
    Filled(
        "policy-revise",
        CLERK,
        {
            "judged_reading": "with_clinics",
            "threshold": "70%",
            "due_on": "2018-12-31",
            "wording": "改过的目标说明",
            "reason": "录入时看错了",
        },
        {"slug": "later", "code": "later-1"},
    ),
    Filled(
        "policy-revision",
        REVIEWER,
        {"decision": "refuse", "answer": "原文就是这样写的"},
        {"revision_id": "revision"},
        form_class="DecisionForm",
    ),
    Filled(
        "policy-steps",
        CLERK,
        {"step-1-20171231": "80%", "reason": "原文有这一年"},
        {"slug": "policy"},
        "?days=2017",
    ),
    Filled(
        "policy-steps",
        CLERK,
        {"step-1-20170930": "50%", "step-1-20171231": "60%"},
        DRAFT,
        "?days=2017",
    ),
    Filled(
        "policy-notes",
        CLERK,
        {"source_note": "见公报", "note-1": "按机构数计", "reason": "原说明有误"},
        {"slug": "policy"},
    ),
    Filled(
        "policy-task-correct",
        CLERK,
        {**TASK, "reason": "原件写的是另一个部门"},
        {"slug": "policy", "position": "1"},
        is_accepted=False,
    ),
    Filled(
        "policy-change",
        REVIEWER,
        {"decision": "refuse", "answer": "原文就是这样写的"},
        {"change_id": "policy_change"},
        form_class="DecisionForm",
    ),
    Filled("bureau-new", CLERK, {"name": "新局", "starts_on": "2019-01-01", "note": "说明"}),
    Filled(
        "bureau-name",
        CLERK,
        {"name": "改名局", "is_official": "on", "starts_on": "2020-01-01", "reason": "编办文件"},
        {"code": "bureau"},
    ),
    Filled(
        "bureau-successor",
        CLERK,
        {"successor": "{heir_id}", "from_day": "2020-01-01", "succession_reason": "编办文件"},
        {"code": "bureau"},
    ),
    Filled(
        "request-new",
        Role.CITY_CIVIL_AFFAIRS_CLERK,
        {
            "starts_on": "2030-01-01",
            "name": HOSPITAL,
            "credit_code": "",
            "status": "OPERATING",
            "region": "{west_street_code}",
            "address": "新址",
            "ownership": "",
            "category": "A100",
            "level": "2",
            "grade": "",
            "departments": ["GERIATRICS"],
            "host": "",
            "reason": "实地核对",
        },
        {"institution_id": "hospital"},
    ),
    Filled(
        "request-new",
        CLERK,
        {
            "starts_on": "2030-01-01",
            "elderly_kind": "CARE_HOME",
            "elderly_grade": "3",
            "reason": "评定",
        },
        {"institution_id": "hospital"},
    ),
    Filled("request-agree", REVIEWER, {"answer": "属实"}, {"uid": "request"}),
    Filled("request-return", REVIEWER, {"answer": "请附等级证书"}, {"uid": "request"}),
    Filled(
        "institution-bulk",
        CLERK,
        {"chosen": "x", "value": "SUSPENDED", "starts_on": "2026-01-01", "reason": "停业通知"},
        is_accepted=False,
    ),
    Filled("institution-bulk-write", CLERK, {"agreed": "x:y:z"}, is_accepted=False),
    Filled(
        "saved-filter-new",
        CLERK,
        {"name": "停业的机构", "query": "status=SUSPENDED&sort=-code", "is_shared": "on"},
        {"code": "institutions"},
    ),
    Filled(
        "saved-filter-change",
        CLERK,
        {"name": "改过的名称", "is_shared": "on"},
        {"filter_id": "own_filter"},
    ),
    Filled("saved-filter-drop", CLERK, {}, {"filter_id": "own_filter"}),
    Filled(
        "sign-in",
        None,
        {"username": "someone", "password": PASSWORD, "otp_token": "", "next": "/targets/"},
        is_accepted=False,
    ),
    Filled(
        "report-subscription-new",
        CLERK,
        {
            "region": "{east_id}",
            "frequency": "DAILY",
            "address": "clerk@example.gov.cn",
            "threshold": "CHANGED",
            "has_workbook": "on",
        },
    ),
    Filled(
        "report-subscription-edit",
        CLERK,
        {"threshold": "WORSE", "has_workbook": "on"},
        {"uid": "own_subscription"},
    ),
    Filled("code-device", CLERK, {"otp_token": "000000"}, is_accepted=False),
    Filled(
        "code-device-replace",
        CLERK,
        {"password": PASSWORD, "otp_token": "000000"},
        is_accepted=False,
    ),
    Filled("person-export-file", REVIEWER, {"agreed": "x:y:z"}, is_accepted=False),
)

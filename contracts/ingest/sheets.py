"""The sheets of agreements and teams: headings as offices write them, read as text."""

from __future__ import annotations

from contracts.actions import enter_agreement
from contracts.ingest.teams import enter_team
from contracts.models import AgreementMode, DoctorTeam, PartnershipAgreement, ServiceItem
from institutions.ingest.admitting import EDIT_ELDERLY, EDIT_HEALTH, NOT_YOURS, own_institution
from institutions.ingest.cells import (
    INSTITUTION,
    choice,
    code_up_to,
    day,
    institution_of,
    some_of,
    text_up_to,
)
from institutions.ingest.registers import Cell, RegisterSheet, Values
from institutions.ingest.standing import reported
from institutions.models import Institution
from yiyang.access.scope import Actor


def agreement_line(actor: Actor, values: Values) -> str:
    """One of the parties lies in scope, and the agreement known by the number is seen too."""
    parties = [values["medical"].pk, values["elderly"].pk]
    if not Institution.objects.visible_to(actor).filter(pk__in=parties).exists():
        return NOT_YOURS
    known = PartnershipAgreement.objects.filter(number=values["number"])
    if known.exists() and not known.visible_to(actor).exists():
        return "这个编号的协议不在您的授权范围内，请核对协议编号。"
    return ""


def team_line(actor: Actor, values: Values) -> str:
    """The institution lies in scope, and so does the team known by the code."""
    known = DoctorTeam.objects.filter(code=values["code"])
    if known.exists() and not known.visible_to(actor).exists():
        return "这个编码的团队不在您的授权范围内，请核对团队编码。"
    return own_institution(actor, values)


AGREEMENTS = RegisterSheet(
    name="agreements",
    title="协议台账",
    cells=(
        Cell("协议编号", "number", code_up_to(40), also=("编号", "合同编号"), is_code=True),
        Cell(
            "医疗方编码",
            "medical",
            institution_of,
            also=("医疗机构编码", "医疗机构代码", "甲方编码"),
            is_code=True,
        ),
        Cell(
            "养老方编码",
            "elderly",
            institution_of,
            also=("养老机构编码", "养老机构代码", "乙方编码"),
            is_code=True,
        ),
        choice("合作方式", "mode", AgreementMode, also=("签约方式", "合作形式")),
        day("生效日期", "starts_on", "起始日期", "协议开始日期"),
        day("到期日期", "expires_on", "截止日期", "有效期至", is_required=False),
        day("签订日期", "signed_on", "签约日期", is_required=False),
        Cell("服务项目", "items", some_of(ServiceItem), False, ("服务内容",)),
    ),
    enter=enter_agreement,
    needs=frozenset({EDIT_HEALTH, EDIT_ELDERLY}),
    keys=frozenset({"number"}),
    standing=reported(PartnershipAgreement, "number"),
    admits=agreement_line,
    held=lambda actor: PartnershipAgreement.objects.visible_to(actor).kept().count(),
)
TEAMS = RegisterSheet(
    name="teams",
    title="家庭医生团队",
    cells=(
        Cell("团队编码", "code", code_up_to(32), also=("团队编号", "团队代码"), is_code=True),
        Cell("团队名称", "name", text_up_to(60), also=("名称", "家庭医生团队")),
        INSTITUTION,
        day("起始日期", "starts_on", "成立日期", "组建日期"),
        day("截止日期", "ends_on", "撤销日期", is_required=False),
    ),
    enter=enter_team,
    needs=frozenset({EDIT_HEALTH}),
    keys=frozenset({"code"}),
    standing=reported(DoctorTeam, "code"),
    admits=team_line,
    held=lambda actor: DoctorTeam.objects.visible_to(actor).on(actor.day).count(),
)
SHEETS = (AGREEMENTS, TEAMS)

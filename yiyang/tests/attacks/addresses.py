"""Every address of the portal, asked for what lies in the west, with the roles it opens to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from yiyang.access.roles import ROLES, Permission, Role
from yiyang.tests.attacks.scene import NAME, Scene

P = Permission
Roles = frozenset[Role]


def holding(*permissions: Permission) -> Roles:
    """The roles that hold all of the permissions."""
    return frozenset(r for r in Role if ROLES[r].permissions.issuperset(permissions))


EVERY_ROLE = frozenset(Role)
CITY_WIDE = frozenset(role for role in Role if ROLES[role].whole_city)
SEES_TARGETS = holding(P.VIEW_TARGETS)
# 西区的一切：区级角色只有东区的授权，一概不开。
WEST_TARGETS = SEES_TARGETS & CITY_WIDE
WEST_EXPORTS = holding(P.VIEW_TARGETS, P.EXPORT) & CITY_WIDE
WEST_RECORDS = holding(P.VIEW_INSTITUTIONS, P.EXPORT) & CITY_WIDE
WEST_INSTITUTIONS = holding(P.VIEW_INSTITUTIONS) & CITY_WIDE
# 西原医院只在卫健一侧。
EDITS_WEST = holding(P.VIEW_INSTITUTIONS, P.EDIT_HEALTH) & CITY_WIDE
WEST_AGREEMENTS = holding(P.VIEW_AGREEMENTS) & CITY_WIDE
WEST_ASKERS = (holding(P.EDIT_HEALTH) | holding(P.EDIT_ELDERLY)) & CITY_WIDE
WEST_CHECKERS = holding(P.VIEW_INSTITUTIONS, P.REVIEW) & CITY_WIDE
WEST_PERSONS = holding(P.VIEW_PERSONS) & CITY_WIDE
WEST_DISCLOSURES = holding(P.VIEW_PERSONS, P.REVEAL_PERSON, P.EXPORT_PERSONS) & CITY_WIDE
PLAN_WRITERS = holding(P.EDIT_HEALTH) | holding(P.EDIT_ELDERLY) | holding(P.REVIEW)
CITY_REVIEWERS = holding(P.REVIEW) & CITY_WIDE
SEES_REGISTERS = holding(P.VIEW_INSTITUTIONS)
SENDS_SHEETS = holding(P.EDIT_HEALTH) | holding(P.EDIT_ELDERLY) | holding(P.REPORT_OWN)
KEEPS_INSTITUTIONS = holding(P.EDIT_HEALTH) | holding(P.EDIT_ELDERLY)
WEST_HEALTH = holding(P.VIEW_INSTITUTIONS, P.EDIT_HEALTH) & CITY_WIDE
WEST_SIGNUPS = holding(P.VIEW_PERSONS, P.EDIT_HEALTH) & CITY_WIDE
WEST_ELDERLY = holding(P.VIEW_INSTITUTIONS, P.EDIT_ELDERLY) & CITY_WIDE
WEST_EITHER = WEST_HEALTH | WEST_ELDERLY
WEST_NOTES = WEST_EITHER | (holding(P.VIEW_INSTITUTIONS, P.REVIEW) & CITY_WIDE)
KEEPS_MAPS = holding(P.MANAGE_POLICIES) | (holding(P.REVIEW) & CITY_WIDE)
SECURITY = frozenset({Role.SECURITY_ADMIN})
SYSTEM = frozenset({Role.SYSTEM_ADMIN})
LIAISON = frozenset({Role.BUREAU_LIAISON})
AUDIT = frozenset({Role.AUDIT_ADMIN})
RECONCILERS = SEES_REGISTERS & (
    holding(P.EDIT_ELDERLY) | holding(P.EDIT_HEALTH) | holding(P.REVIEW)
)
AGREEMENT_CLERKS = holding(P.EDIT_HEALTH) | holding(P.EDIT_ELDERLY)
ARCHIVES_WEST = WEST_TARGETS & (holding(P.EDIT_HEALTH) | holding(P.REVIEW))
NO_ROLE: Roles = frozenset()
KEEPS_POLICIES = holding(P.MANAGE_POLICIES)
BULLETIN_DESKS = KEEPS_POLICIES | CITY_REVIEWERS | holding(P.SIGN_PAPERS)


@dataclass(frozen=True, slots=True)
class Address:
    """One address and the roles that get an answer; every other role gets 403 or 404.

    `keys` fill the path from the scene, `query` follows it, `data` is posted.
    """

    name: str
    open_to: Roles
    keys: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    data: Mapping[str, Any] | None = None

    @property
    def is_post(self) -> bool:
        return self.data is not None

    def path(self, scene: Scene) -> str:
        """The path without its query."""
        kwargs = {name: scene.keys.get(key, key) for name, key in self.keys.items()}
        return reverse(self.name, kwargs=kwargs)

    def way(self, scene: Scene) -> str:
        """The path with its query."""
        query = self.query.format(**scene.keys)
        return f"{self.path(scene)}?{query}" if query else self.path(scene)


def get(name: str, open_to: Roles, query: str = "", **keys: str) -> Address:
    return Address(name, open_to, keys, query)


def post(name: str, open_to: Roles, data: Mapping[str, Any], **keys: str) -> Address:
    return Address(name, open_to, keys, data=data)


WEST = "region={west}&as_of={day}"


def register(
    name: str, permission: Permission, export: Permission = P.EXPORT
) -> tuple[Address, ...]:
    """The three addresses of a list, asked for all it shows and for the west."""
    sees, exports = holding(permission), holding(permission, export)
    return (
        get(name, sees),
        get(name, sees & CITY_WIDE, "region={west}"),
        get(f"{name}-csv", exports & CITY_WIDE, "region={west}"),
        get(f"{name}-xlsx", exports & CITY_WIDE, "region={west}"),
    )


def everywhere(name: str) -> tuple[Address, ...]:
    """The three addresses of a list without a region of its own: what it shows is by the row."""
    exports = holding(P.VIEW_TARGETS, P.EXPORT)
    return (
        get(name, SEES_TARGETS, "sort="),
        get(f"{name}-csv", exports),
        get(f"{name}-xlsx", exports),
    )


READING = {"code": "GC17", "reading": "standard"}
ENDING = {"agreement_id": "agreement", "verb": "terminate"}
FILED_BY_HOSPITAL = {"holder": "institution_files", "object_id": "hospital"}
FILED = {"holder": "agreement_files", "object_id": "agreement"}
STOPPED = {"institution_id": "hospital"}
MERGED = {"institution_id": "hospital"}
SIGNUP = {"uid": "person", "signup_id": "signup"}
PROFILE = {"institution_id": "hospital", "profile_id": "profile"}
LICENCE = {"institution_id": "hospital", "kind": "licence", "fact_id": "licence_id"}
PLAN_DATA = {"name": "方案", "region": "1", "as_of": "2027-12-31"}
HOLIDAY = {"kind": "OFF", "first": "2030-10-01", "last": "2030-10-02", "name": "国庆节"}
FILING = {
    "number": "测表1",
    "issuer": "测试市卫生健康委",
    "approval": "测统制〔2030〕1号",
    "starts_on": "2030-01-01",
    "ends_on": "2031-12-31",
}
DRAFT = {"slug": "policy_draft"}
REVEAL = {"field": "phone", "reason": "VISIT", "note": "核对住址后上门"}
ADDRESSES = (
    # /
    get("home", EVERY_ROLE),
    get("work-source", holding(P.VIEW_AGREEMENTS), source_id="agreements-expiring"),
    get("work-source", holding(P.VIEW_PERSONS), source_id="signups-ending"),
    get("healthz", EVERY_ROLE),
    # /account/ 只有自己的账号；别人的会话编号不认
    get("account", EVERY_ROLE),
    get("sign-in", EVERY_ROLE),
    post("sign-out", EVERY_ROLE, {}),
    get("password-change", EVERY_ROLE),
    post("password-change", EVERY_ROLE, {"old_password": "x"}),
    get("code-device", EVERY_ROLE),
    post("code-device", EVERY_ROLE, {"otp_token": "000000"}),
    get("code-device-replace", EVERY_ROLE),
    post("code-device-replace", EVERY_ROLE, {"otp_token": "000000"}),
    post("session-end-others", EVERY_ROLE, {}),
    post("session-end", NO_ROLE, {}, session_id="session"),
    # /accounts/
    get("user-list", SECURITY),
    get("user-open", SECURITY),
    post("user-open", SECURITY, {"display_name": "某人"}),
    get("user-detail", SECURITY, user_id="account"),
    post("user-role", SECURITY, {"role": "leader", "reason": "调任"}, user_id="account"),
    post("user-password", SECURITY, {}, user_id="account"),
    post("user-disable", SECURITY, {}, user_id="account"),
    post("user-enable", SECURITY, {}, user_id="account"),
    post("user-unlock", SECURITY, {}, user_id="account"),
    post("user-reset-code-device", SECURITY, {}, user_id="account"),
    # /audit/
    get("audit-list", AUDIT),
    get("audit-detail", AUDIT, event_id="event"),
    get("audit-csv", AUDIT),
    # /institutions/
    *register("institution-list", P.VIEW_INSTITUTIONS),
    get("institution-bulk", KEEPS_INSTITUTIONS & CITY_WIDE, "all=1&attribute=status&region={west}"),
    post("institution-bulk", KEEPS_INSTITUTIONS, {"chosen": "x", "reason": "换证"}),
    post("institution-bulk-write", KEEPS_INSTITUTIONS, {"agreed": "x"}),
    get("institution-detail", WEST_INSTITUTIONS, institution_id="hospital"),
    get("request-new", WEST_ASKERS, institution_id="hospital"),
    post("request-new", WEST_ASKERS, {"reason": "实地核对"}, institution_id="hospital"),
    get("institution-new", KEEPS_INSTITUTIONS),
    post("institution-new", KEEPS_INSTITUTIONS, {"code": "X-1"}),
    get("institution-edit", WEST_HEALTH, institution_id="hospital"),
    post("institution-edit", WEST_HEALTH, {"name": "偷"}, institution_id="hospital"),
    get("profile-void", WEST_HEALTH, institution_id="hospital", profile_id="profile"),
    post(
        "profile-void", WEST_HEALTH, {"reason": ""}, institution_id="hospital", profile_id="profile"
    ),
    get("institution-history", WEST_INSTITUTIONS, institution_id="hospital"),
    get("population-new", holding(P.EDIT_HEALTH)),
    post("population-new", holding(P.EDIT_HEALTH), {"people": "1"}),
    get("population-void", WEST_HEALTH, population_id="population"),
    post("population-void", WEST_HEALTH, {"reason": ""}, population_id="population"),
    get("fact-new", WEST_EITHER, institution_id="hospital", kind="licence"),
    get("fact-new", WEST_HEALTH, institution_id="hospital", kind="channel"),
    get("fact-new", WEST_EITHER, institution_id="hospital", kind="service"),
    get("fact-new", WEST_EITHER, institution_id="hospital", kind="designation"),
    get("fact-new", WEST_EITHER, institution_id="hospital", kind="contact"),
    get("fact-new", WEST_EITHER, institution_id="home", kind="beds"),
    get("fact-new", WEST_ELDERLY, institution_id="home", kind="occupancy"),
    get("fact-new", WEST_HEALTH, institution_id="home", kind="staff"),
    get("fact-new", WEST_NOTES, institution_id="home", kind="note"),
    post("fact-new", WEST_EITHER, {"number": "x"}, institution_id="hospital", kind="licence"),
    get("fact-correct", WEST_HEALTH, **LICENCE),
    post("fact-correct", WEST_HEALTH, {"number": "x"}, **LICENCE),
    get("fact-end", WEST_HEALTH, **LICENCE),
    post("fact-end", WEST_HEALTH, {"ends_on": "2020-01-01"}, **LICENCE),
    get("fact-void", WEST_HEALTH, **LICENCE),
    post("fact-void", WEST_HEALTH, {"reason": ""}, **LICENCE),
    get("institution-status", EDITS_WEST, **STOPPED),
    get("institution-status", EDITS_WEST, "status=CLOSED&on=2020-01-01", **STOPPED),
    post("institution-status", EDITS_WEST, {"status": "CLOSED"}, **STOPPED),
    # 接口账号的令牌；接口说明谁登录都能看
    get("token-new", SECURITY, user_id="client"),
    post("token-new", SECURITY, {"name": "同步"}, user_id="client"),
    get("token-rotate", SECURITY, user_id="client", token_id="api_token"),
    post("token-rotate", SECURITY, {}, user_id="client", token_id="api_token"),
    post("token-revoke", SECURITY, {"reason": "停用"}, user_id="client", token_id="api_token"),
    get("api-docs", EVERY_ROLE),
    get("api-errors", EVERY_ROLE),
    get("api-openapi", EVERY_ROLE),
    post("grant-new", SECURITY, {"code": "150300000000"}, user_id="account"),
    post("grant-end", SECURITY, {}, user_id="account", kind="region", grant_id="grant"),
    # /requests/ 归卫健答复的一份；撤回只认提出人
    get("request-list", holding(P.VIEW_INSTITUTIONS)),
    get("request-detail", WEST_INSTITUTIONS, uid="request"),
    post("request-agree", WEST_CHECKERS, {"answer": "属实"}, uid="request"),
    post("request-return", WEST_CHECKERS, {"answer": "请附证书"}, uid="request"),
    post("request-withdraw", NO_ROLE, {}, uid="request"),
    get("difference-list", holding(P.VIEW_INSTITUTIONS)),
    get("ownership-list", holding(P.VIEW_INSTITUTIONS)),
    # /reconciliations/ 整册不分区，各看各区的行
    get("reconciliation-list", RECONCILERS),
    get("reconciliation-detail", RECONCILERS, uid="upload"),
    # /teams/
    get("team-new", holding(P.EDIT_HEALTH)),
    post("team-new", holding(P.EDIT_HEALTH), {"code": "x"}),
    get("team-detail", WEST_INSTITUTIONS, team_id="team"),
    get("team-rename", WEST_HEALTH, team_id="team"),
    post("team-rename", WEST_HEALTH, {"name": "偷"}, team_id="team"),
    get("team-end", WEST_HEALTH, team_id="team"),
    post("team-end", WEST_HEALTH, {"ends_on": "2020-01-01"}, team_id="team"),
    get("team-area-new", WEST_HEALTH, team_id="team"),
    post("team-area-new", WEST_HEALTH, {"region": "x"}, team_id="team"),
    get("team-area-end", WEST_HEALTH, team_id="team", area_id="area"),
    post("team-area-end", WEST_HEALTH, {"reason": ""}, team_id="team", area_id="area"),
    get("team-area-correct", WEST_HEALTH, team_id="team", area_id="area"),
    post("team-area-correct", WEST_HEALTH, {"reason": ""}, team_id="team", area_id="area"),
    # /pickers/ 各人只找得到自己范围里的
    get("institution-picker", holding(P.VIEW_INSTITUTIONS)),
    get("region-picker", holding(P.VIEW_INSTITUTIONS)),
    get("team-picker", holding(P.VIEW_INSTITUTIONS)),
    # /agreements/ 至少一方在授权范围内的才看得到、办得了
    get("agreement-new", AGREEMENT_CLERKS),
    post("agreement-new", AGREEMENT_CLERKS, {"medical": "{hospital_code}"}),
    get("agreement-detail", WEST_AGREEMENTS, agreement_id="agreement"),
    get("agreement-act", WEST_AGREEMENTS & AGREEMENT_CLERKS, **ENDING),
    post("agreement-act", WEST_AGREEMENTS & AGREEMENT_CLERKS, {"reason": "停办"}, **ENDING),
    # /imports/ 发件人自己办；本区与市级审核只看
    get("import-list", SEES_REGISTERS),
    get("import-new", SENDS_SHEETS),
    post("import-new", SENDS_SHEETS, {"register": "beds", "cells": "x"}),
    get("import-template-xlsx", SENDS_SHEETS, register="beds"),
    get("import-detail", WEST_INSTITUTIONS & holding(P.REVIEW), batch_id="batch"),
    get("import-match", NO_ROLE, batch_id="batch"),
    post("import-match", NO_ROLE, {"extent": "part"}, batch_id="batch"),
    post("import-confirm", NO_ROLE, {}, batch_id="batch"),
    post("import-cancel", NO_ROLE, {}, batch_id="batch"),
    post("import-retry", NO_ROLE, {}, batch_id="batch"),
    get("import-result-xlsx", NO_ROLE, batch_id="batch"),
    # /attachments/ 跟着所属的记录走
    get("attachment-new", WEST_AGREEMENTS & AGREEMENT_CLERKS, **FILED),
    post("attachment-new", WEST_AGREEMENTS & AGREEMENT_CLERKS, {}, **FILED),
    get("attachment-new", AGREEMENT_CLERKS & CITY_WIDE, **FILED_BY_HOSPITAL),
    get("attachment-file", WEST_AGREEMENTS, uid="attachment"),
    get("attachment-void", WEST_AGREEMENTS & AGREEMENT_CLERKS, uid="attachment"),
    post("attachment-void", WEST_AGREEMENTS & AGREEMENT_CLERKS, {}, uid="attachment"),
    # /agreements/ /teams/ /signups/
    *register("agreement-list", P.VIEW_AGREEMENTS),
    *register("team-list", P.VIEW_INSTITUTIONS),
    *register("signup-list", P.VIEW_PERSONS, P.EXPORT_PERSONS),
    # /beds/ /occupancies/ /staff/ /populations/
    *register("bed-list", P.VIEW_INSTITUTIONS),
    *register("occupancy-list", P.VIEW_INSTITUTIONS),
    *register("staff-list", P.VIEW_INSTITUTIONS),
    *register("population-list", P.VIEW_INSTITUTIONS),
    # /lists/ 只有自己的常用筛选；别人的编号不认
    get("saved-filter-list", EVERY_ROLE),
    post(
        "saved-filter-new",
        holding(P.VIEW_INSTITUTIONS),
        {"name": "停业的", "query": "status=SUSPENDED"},
        code="institutions",
    ),
    post("saved-filter-change", NO_ROLE, {"name": "改名"}, filter_id="filter"),
    post("saved-filter-drop", NO_ROLE, {}, filter_id="filter"),
    get("institution-merge", EDITS_WEST, **MERGED),
    get("institution-merge", EDITS_WEST, "other={spare_code}&stays=this", **MERGED),
    post("institution-merge", EDITS_WEST, {"stays": "x"}, **MERGED),
    get("merge-detail", WEST_INSTITUTIONS, merge_id="merge"),
    post("merge-detail", WEST_CHECKERS, {"decision": "x"}, merge_id="merge"),
    post("merge-undo", WEST_CHECKERS, {"undo_reason": ""}, merge_id="merge"),
    # /persons/
    *register("person-list", P.VIEW_PERSONS),
    post("person-search", holding(P.VIEW_PERSONS), {"term": NAME}),
    get("person-export", WEST_DISCLOSURES, WEST),
    post(
        "person-export", holding(P.EXPORT_PERSONS), {"columns": ["name"], "purpose": "核对名单用"}
    ),
    post("person-export-file", holding(P.EXPORT_PERSONS), {"agreed": "x"}),
    get("disclosure-totals", SECURITY),
    get("person-detail", WEST_PERSONS, uid="person"),
    get("person-reveal", WEST_DISCLOSURES, uid="person"),
    post("person-reveal", WEST_DISCLOSURES, REVEAL, uid="person"),
    get("person-held", WEST_DISCLOSURES, uid="person"),
    post("person-held", WEST_DISCLOSURES, {"reason": "本人到场申请", "form": "json"}, uid="person"),
    # /tasks/ 状态人人可见；办理的只有市卫健审核（待确认的那一项）和本部门联络员
    *everywhere("task-list"),
    *everywhere("progress-list"),
    get("task-bureaus", SEES_TARGETS),
    get("task-detail", SEES_TARGETS, task_id="board_task"),
    get("task-part", SEES_TARGETS, task_id="board_task", part_id="part"),
    post(
        "task-report",
        CITY_REVIEWERS,
        {"kind": "CONFIRM"},
        task_id="board_task",
        part_id="claimed_part",
    ),
    post(
        "task-report", LIAISON, {"kind": "CLAIM", "text": "x"}, task_id="board_task", part_id="part"
    ),
    post("task-milestone-new", KEEPS_POLICIES, {"title": "节点"}, task_id="board_task"),
    post("task-milestone-correct", KEEPS_POLICIES, {"title": "x"}, milestone_id="milestone"),
    post("task-milestone-reach", KEEPS_POLICIES, {}, milestone_id="milestone"),
    post("task-milestone-void", KEEPS_POLICIES, {"reason": "设错"}, milestone_id="milestone"),
    post("bureau-grant-new", SECURITY, {"bureau": "{task_bureau}"}, user_id="account"),
    post("bureau-grant-end", SECURITY, {}, user_id="liaison", grant_id="bureau_grant"),
    # /returns/ 西区与西区机构的填报单只有市级看得到；发布的各版、表式人人可看
    *everywhere("return-list"),
    get("return-period-new", KEEPS_POLICIES),
    post("return-period-new", KEEPS_POLICIES, {"year": "2020"}),
    get("return-period", SEES_TARGETS, period_id="return_period"),
    get("return-edition", SEES_TARGETS, edition_id="return_edition"),
    get("return-detail", WEST_TARGETS, return_id="return_home"),
    post("return-detail", NO_ROLE, {"value-01": "1"}, return_id="return_home"),
    post("return-detail", KEEPS_POLICIES, {"value-01": "x"}, return_id="return_city"),
    get("return-sheet-xlsx", KEEPS_POLICIES, return_id="return_city"),
    get("return-sheet-xlsx", NO_ROLE, return_id="return_home"),
    post("return-sheet-upload", KEEPS_POLICIES, {}, return_id="return_city"),
    post("return-sheet-upload", NO_ROLE, {}, return_id="return_home"),
    post("return-step", NO_ROLE, {"verb": "SUBMIT"}, return_id="return_home"),
    post("return-step", KEEPS_POLICIES, {"verb": "x"}, return_id="return_city"),
    get("return-correct", KEEPS_POLICIES, return_id="return_closed"),
    post("return-correct", KEEPS_POLICIES, {"reason": ""}, return_id="return_closed"),
    get("return-correction", WEST_TARGETS, correction_id="return_correction"),
    post("return-correction", CITY_REVIEWERS, {"decision": "x"}, correction_id="return_correction"),
    get("return-form-list", SEES_TARGETS),
    get("return-form", SEES_TARGETS, form_id="return_draft"),
    post("return-form-version", KEEPS_POLICIES, {}, form_id="return_form"),
    post("return-form-use", CITY_REVIEWERS, {}, form_id="return_draft"),
    get("return-form-amend", KEEPS_POLICIES, form_id="return_draft"),
    post("return-form-amend", KEEPS_POLICIES, {"title": "x"}, form_id="return_draft"),
    get("return-item-new", KEEPS_POLICIES, form_id="return_draft"),
    post("return-item-new", KEEPS_POLICIES, {"code": "x"}, form_id="return_draft"),
    get("return-item-edit", KEEPS_POLICIES, item_id="return_item"),
    post("return-item-edit", KEEPS_POLICIES, {"code": "x"}, item_id="return_item"),
    post("return-item-remove", KEEPS_POLICIES, {}, item_id="return_item"),
    get("return-check-new", KEEPS_POLICIES, form_id="return_draft"),
    post("return-check-new", KEEPS_POLICIES, {"kind": "x"}, form_id="return_draft"),
    get("return-check-edit", KEEPS_POLICIES, check_id="return_check"),
    post("return-check-edit", KEEPS_POLICIES, {"kind": "x"}, check_id="return_check"),
    post("return-check-remove", KEEPS_POLICIES, {}, check_id="return_check"),
    # /supervisions/ 交给西区的督办：市级都看得到，部门联络员只看本部门的
    *everywhere("supervision-list"),
    get("supervision-new", KEEPS_POLICIES),
    post("supervision-new", KEEPS_POLICIES, {"title": "督办"}),
    get("supervision-detail", WEST_TARGETS - LIAISON, supervision_id="supervision"),
    get("supervision-print", WEST_TARGETS - LIAISON, supervision_id="supervision"),
    get("supervision-detail", KEEPS_POLICIES | CITY_REVIEWERS, supervision_id="supervision_draft"),
    get("supervision-amend", KEEPS_POLICIES, supervision_id="supervision_draft"),
    post("supervision-amend", KEEPS_POLICIES, {"title": "x"}, supervision_id="supervision_draft"),
    post(
        "supervision-step",
        KEEPS_POLICIES | CITY_REVIEWERS,
        {"verb": "CHASE", "text": "请报进展"},
        supervision_id="supervision",
    ),
    # /proposals/ 市里的建议提案：市级都看得到，部门联络员只看本部门承办、会办的
    *everywhere("proposal-list"),
    get("proposal-new", KEEPS_POLICIES),
    post("proposal-new", KEEPS_POLICIES, {"title": "建议"}),
    get("proposal-detail", WEST_TARGETS - LIAISON, proposal_id="raised"),
    get("proposal-draft", WEST_TARGETS - LIAISON, proposal_id="raised"),
    get("proposal-docx", WEST_EXPORTS, proposal_id="raised"),
    get("proposal-amend", KEEPS_POLICIES, proposal_id="raised"),
    post("proposal-amend", KEEPS_POLICIES, {"title": "x"}, proposal_id="raised"),
    get("proposal-reply", KEEPS_POLICIES, proposal_id="raised"),
    post("proposal-reply", KEEPS_POLICIES, {"reply": "x"}, proposal_id="raised"),
    get("proposal-figure-new", KEEPS_POLICIES, proposal_id="raised"),
    post("proposal-figure-new", KEEPS_POLICIES, {"name": "x"}, proposal_id="raised"),
    post(
        "proposal-figure-renew",
        KEEPS_POLICIES,
        {},
        proposal_id="raised",
        figure_id="proposal_figure",
    ),
    post(
        "proposal-figure-drop",
        KEEPS_POLICIES,
        {},
        proposal_id="raised",
        figure_id="proposal_figure",
    ),
    post(
        "proposal-step",
        KEEPS_POLICIES,
        {"verb": "EXTEND", "text": "会商中", "extended_to": "2020-05-06"},
        proposal_id="raised",
    ),
    # /tables/
    get("tabulation-list", SEES_TARGETS),
    get("tabulation-detail", WEST_TARGETS, WEST, code="institutions"),
    get("tabulation-detail", WEST_TARGETS, WEST, code="targets"),
    get("tabulation-xlsx", WEST_EXPORTS, WEST, code="institutions"),
    Address("tabulation-archive", ARCHIVES_WEST, {"code": "institutions"}, WEST, {}),
    get("tabulation-filing-list", KEEPS_POLICIES, code="beds"),
    post("tabulation-filing-list", KEEPS_POLICIES, FILING, code="beds"),
    post("tabulation-filing-void", KEEPS_POLICIES, {"reason": "录错"}, filing_id="filing"),
    # 名册只含各自授权范围，谁能导出谁能取
    get("line-list-xlsx", holding(P.VIEW_INSTITUTIONS, P.EXPORT), "as_of={day}", code="channels"),
    get("line-list-xlsx", holding(P.VIEW_AGREEMENTS, P.EXPORT), "as_of={day}", code="agreements"),
    # /bulletins/ 西区的通报，还没有签发：只有拟的、审的、签的人看得到
    *everywhere("bulletin-list"),
    get("bulletin-new", KEEPS_POLICIES),
    post("bulletin-new", KEEPS_POLICIES, {"title": "通报"}),
    get("bulletin-detail", BULLETIN_DESKS, bulletin_id="bulletin"),
    get("bulletin-print", BULLETIN_DESKS, bulletin_id="bulletin"),
    get("bulletin-docx", BULLETIN_DESKS, bulletin_id="bulletin"),
    get("bulletin-pdf", BULLETIN_DESKS, bulletin_id="bulletin"),
    get("bulletin-amend", KEEPS_POLICIES, bulletin_id="bulletin_draft"),
    post("bulletin-amend", KEEPS_POLICIES, {"title": "x"}, bulletin_id="bulletin_draft"),
    post(
        "bulletin-step",
        CITY_REVIEWERS | holding(P.SIGN_PAPERS),
        {"verb": "RETURN", "text": "请再核"},
        bulletin_id="bulletin",
    ),
    get("bulletin-template-list", KEEPS_POLICIES),
    post("bulletin-template-list", KEEPS_POLICIES, {"note": "x"}),
    get("bulletin-template-house", KEEPS_POLICIES),
    get("bulletin-template-file", KEEPS_POLICIES, template_id="bulletin_template"),
    post(
        "bulletin-template-void",
        KEEPS_POLICIES,
        {"reason": "版式不对"},
        template_id="bulletin_template",
    ),
    # /holidays/ 全市一份，谁都看得到
    get("holiday-list", SEES_TARGETS),
    post("holiday-new", KEEPS_POLICIES, HOLIDAY),
    post("holiday-void", KEEPS_POLICIES, {"reason": "录错"}, holiday_id="holiday"),
    # /policies/ 草稿只给录入与审核的人看
    get("policy-list", SEES_TARGETS),
    get("policy-detail", SEES_TARGETS, slug="policy"),
    get("policy-detail", KEEPS_POLICIES | CITY_REVIEWERS, slug="policy_draft"),
    get("policy-table", SEES_TARGETS, slug="policy"),
    get("policy-table", KEEPS_POLICIES | CITY_REVIEWERS, slug="policy_submitted"),
    get("policy-new", KEEPS_POLICIES),
    post("policy-new", KEEPS_POLICIES, {"number": ""}),
    get("policy-facts", KEEPS_POLICIES, **DRAFT),
    get("policy-clause-new", KEEPS_POLICIES, **DRAFT),
    get("policy-clause-edit", KEEPS_POLICIES, **DRAFT, clause_id="draft_clause"),
    get("policy-target-new", KEEPS_POLICIES, **DRAFT),
    get("policy-target-new", KEEPS_POLICIES, "indicator=GC17", **DRAFT),
    get("policy-target-edit", KEEPS_POLICIES, **DRAFT, code="draft_target"),
    post("policy-milestone-new", KEEPS_POLICIES, {"step": ""}, **DRAFT, code="draft_target"),
    get("policy-task-new", KEEPS_POLICIES, **DRAFT),
    get("policy-task-edit", KEEPS_POLICIES, **DRAFT, position="1"),
    get("policy-part-remove", KEEPS_POLICIES, **DRAFT, kind="task", part_id="draft_task"),
    post("policy-part-remove", KEEPS_POLICIES, {}, **DRAFT, kind="task", part_id="draft_task"),
    post("policy-submit", KEEPS_POLICIES, {}, **DRAFT),
    get("policy-discard", KEEPS_POLICIES, **DRAFT),
    get("policy-send-back", KEEPS_POLICIES | CITY_REVIEWERS, slug="policy_submitted"),
    post("policy-publish", CITY_REVIEWERS, {}, slug="policy_submitted"),
    get("policy-end", KEEPS_POLICIES, slug="policy"),
    get("policy-confirm", KEEPS_POLICIES | CITY_REVIEWERS, slug="policy"),
    get("policy-revise", KEEPS_POLICIES | CITY_REVIEWERS, slug="policy", code="T1"),
    get("policy-revision", SEES_TARGETS, revision_id="revision"),
    get("policy-steps", KEEPS_POLICIES | CITY_REVIEWERS, "days=2017", slug="policy"),
    get("policy-steps", KEEPS_POLICIES | CITY_REVIEWERS, "days=2017", **DRAFT),
    get("policy-notes", KEEPS_POLICIES, slug="policy"),
    get("policy-task-correct", KEEPS_POLICIES, slug="policy", position="1"),
    get("policy-change", SEES_TARGETS, change_id="policy_change"),
    # /bureaus/
    get("bureau-list", SEES_TARGETS),
    get("bureau-new", KEEPS_POLICIES),
    post("bureau-new", KEEPS_POLICIES, {"name": ""}),
    get("bureau-detail", SEES_TARGETS, code="bureau"),
    post("bureau-name", KEEPS_POLICIES, {"name": ""}, code="bureau"),
    post("bureau-successor", KEEPS_POLICIES, {"from_day": ""}, code="bureau"),
    get("signup-new", WEST_SIGNUPS, uid="person"),
    post("signup-new", WEST_SIGNUPS, {"team": "x"}, uid="person"),
    get("signup-renew", WEST_SIGNUPS, **SIGNUP),
    post("signup-renew", WEST_SIGNUPS, {"team": "x"}, **SIGNUP),
    get("signup-terminate", WEST_SIGNUPS, **SIGNUP),
    post("signup-terminate", WEST_SIGNUPS, {"on": "2017-06-01"}, **SIGNUP),
    get("signup-void", WEST_SIGNUPS, **SIGNUP),
    post("signup-void", WEST_SIGNUPS, {"reason": ""}, **SIGNUP),
    # /maps/ 上传的是市级经办，审核的是另一位市级审核
    get("map-list", SEES_TARGETS),
    get("map-new", holding(P.MANAGE_POLICIES)),
    post("map-new", holding(P.MANAGE_POLICIES), {"approval_number": "蒙S（2026）001号"}),
    get("map-detail", SEES_TARGETS, map_id="map"),
    post("map-confirm", holding(P.REVIEW) & CITY_WIDE, {}, map_id="map"),
    post("map-void", KEEPS_MAPS, {"reason": "界线有误"}, map_id="map"),
    # /quality/
    get("quality-list", WEST_TARGETS, WEST),
    get("quality-detail", WEST_TARGETS, WEST, check_id="licence_expired"),
    get("quality-csv", WEST_RECORDS, WEST, check_id="licence_expired"),
    get("quality-csv", WEST_DISCLOSURES, WEST, check_id="person_duplicate"),
    # /editions/ 全市一份，谁都看得到发布的；待发布的只有市卫健
    get("edition-list", SEES_TARGETS),
    get("edition-new", KEEPS_POLICIES),
    post("edition-new", KEEPS_POLICIES, {"title": "定版"}),
    get("edition-detail", SEES_TARGETS, uid="edition"),
    get("edition-detail", KEEPS_POLICIES | CITY_REVIEWERS, uid="edition_proposal"),
    get("edition-check", SEES_TARGETS, uid="edition"),
    post("edition-publish", CITY_REVIEWERS, {}, uid="edition_proposal"),
    get("edition-return", CITY_REVIEWERS, uid="edition_proposal"),
    post("edition-return", CITY_REVIEWERS, {"reason": ""}, uid="edition_proposal"),
    # /mail/ 各人只有自己的订阅；邮件里的两个链接不登录也能打开，签名就是凭据
    get("report-subscription-list", SEES_TARGETS),
    get("report-subscription-new", SEES_TARGETS),
    post("report-subscription-new", SEES_TARGETS, {"address": "x"}),
    get("report-subscription-edit", NO_ROLE, uid="subscription"),
    get("report-subscription-edit", frozenset({Role.CITY_HEALTH_CLERK}), uid="own_subscription"),
    post("report-subscription-edit", NO_ROLE, {"threshold": "ALWAYS"}, uid="subscription"),
    post("report-subscription-pause", NO_ROLE, {}, uid="subscription"),
    post("report-subscription-resume", NO_ROLE, {}, uid="subscription"),
    post("report-subscription-ask", NO_ROLE, {}, uid="subscription"),
    post("report-subscription-end", NO_ROLE, {}, uid="subscription"),
    get("report-subscription-confirm", EVERY_ROLE, token="confirm_token"),
    post("report-subscription-confirm", EVERY_ROLE, {}, token="confirm_token"),
    get("report-subscription-unsubscribe", EVERY_ROLE, token="unsubscribe_token"),
    post("report-subscription-unsubscribe", EVERY_ROLE, {}, token="unsubscribe_token"),
    get("report-mail-list", SYSTEM),
    post("report-mail-send", SYSTEM, {}, uid="dead_mail"),
    post("report-mail-acknowledge", SYSTEM, {}, uid="dead_mail"),
    # /papers/
    *register("paper-list", P.VIEW_TARGETS),
    get("paper-catalogue", SEES_TARGETS),
    get("paper-detail", WEST_TARGETS, uid="paper"),
    get("paper-file", WEST_EXPORTS, uid="paper", suffix="txt"),
    get("paper-pdf", WEST_EXPORTS, uid="paper"),
    # /targets/
    get("target-table", SEES_TARGETS),
    get("target-table", WEST_TARGETS, WEST),
    get("target-table-xlsx", WEST_EXPORTS, WEST),
    get("target-table-csv", WEST_EXPORTS, WEST),
    get("target-table-json", WEST_EXPORTS, WEST),
    get("indicator-list", WEST_TARGETS, WEST),
    get("indicator-detail", WEST_TARGETS, WEST, code="GC17"),
    get("indicator-chart-svg", WEST_EXPORTS, WEST, code="GC17", drawing="regions"),
    get("indicator-chart-png", WEST_EXPORTS, WEST, code="GC17", drawing="trend"),
    get("indicator-chart-csv", WEST_EXPORTS, WEST, code="GC17", drawing="regions"),
    get("gap", WEST_TARGETS, WEST, code="GC17"),
    get("gap-xlsx", WEST_RECORDS, WEST, code="GC17"),
    post("gap-contact", PLAN_WRITERS & CITY_WIDE, {"institution": "{hospital}"}, code="GC17"),
    get("forecast", WEST_TARGETS, WEST, code="GC17"),
    get("record-list", WEST_TARGETS, WEST, **READING),
    get("record-list-csv", WEST_RECORDS, WEST, **READING),
    get("record-list-xlsx", WEST_RECORDS, WEST, **READING),
    get("record-list-csv", WEST_DISCLOSURES, WEST, code="FD17", reading="aged_65_plus"),
    get("as-known", WEST_TARGETS, WEST + "&run={run}", **READING),
    get("rebased", WEST_TARGETS, WEST + "&run={run}", **READING),
    get("movement", WEST_TARGETS, WEST + "&from={earlier}&to={run}", **READING),
    # /targets/plans/ 区级能另建自己的，改不了别人的
    get("plan-list", SEES_TARGETS),
    get("plan-new", PLAN_WRITERS),
    post("plan-new", PLAN_WRITERS, PLAN_DATA),
    get("plan-detail", WEST_TARGETS, plan_id="plan"),
    post("plan-save", NO_ROLE, {}, plan_id="plan"),
    get("plan-step-new", NO_ROLE, plan_id="plan", kind="open-channel"),
    post("plan-step-new", NO_ROLE, {"subject": "1"}, plan_id="plan", kind="open-channel"),
    post("plan-step-remove", NO_ROLE, {}, plan_id="plan", step_id="step"),
)


def names_in_the_resolver() -> list[str]:
    """The name of every address the portal answers; an address without one is its route."""
    return [pattern.name or str(pattern.pattern) for pattern in _patterns(get_resolver())]


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            # 接口不认会话，只认令牌：它的地址在 yiyang/tests/api 里逐个试。
            if pattern.namespace != "api":
                yield from _patterns(pattern)
        else:
            yield pattern

"""What should not be found among institutions, certificates, teams and agreements."""

from __future__ import annotations

from django.conf import settings

from contracts.models import DoctorTeam, PartnershipAgreement, TeamArea
from institutions.models import GreenChannel, InstitutionProfile, Licence
from targets.indicators.base import Column
from targets.indicators.institution_subjects import INSTITUTION_PAGE
from targets.quality import register_rows
from targets.quality.base import Check, Owner, Severity

OF_PROFILE = "profile__region"
_INSTITUTION = Column("机构", "profile__name")
_LICENCE = (
    _INSTITUTION,
    Column("证照种类", "kind_in_words"),
    Column("证照编号", "number"),
    Column("起始", "starts_on"),
    Column("最后有效日", "ends_on"),
)
_AGREEMENT = (
    Column("协议编号", "number"),
    Column("医疗方", "medical_profile__name"),
    Column("养老方", "elderly_profile__name"),
    Column("生效", "starts_on"),
    Column("到期", "expires_on"),
)

# ── 机构与证照 ────────────────────────────────────────────────────────────────

CREDIT_CODE_WRONG = Check(
    id="credit_code_wrong",
    title="统一社会信用代码通不过校验",
    severity=Severity.WARNING,
    owner=Owner.EITHER,
    why="代码错了，同一法人认不出来，两个系统的机构也对不上。",
    remedy="对照证照更正代码；还没有代码的先留空。",
    model=InstitutionProfile,
    rows=register_rows.wrong_credit_codes,
    region="region",
    columns=(
        Column("机构", "name"),
        Column("统一社会信用代码", "credit_code"),
        Column("状态", "status_in_words"),
    ),
    page=INSTITUTION_PAGE,
)
CREDIT_CODE_SHARED = Check(
    id="credit_code_shared",
    title="同一信用代码、同种证照登记在两家机构",
    severity=Severity.WARNING,
    owner=Owner.EITHER,
    why="多半是同一家机构登记了两次，会在分子、分母里各计两次。",
    remedy="核对是否同一家：是的，作废重复的一条；不是的，更正信用代码。",
    model=Licence,
    rows=register_rows.licences_sharing_credit_code,
    region=OF_PROFILE,
    columns=(*_LICENCE, Column("统一社会信用代码", "profile__credit_code")),
    page=INSTITUTION_PAGE,
)
LICENCE_NUMBER_SHARED = Check(
    id="licence_number_shared",
    title="同一证照编号登记在两家机构",
    severity=Severity.WARNING,
    owner=Owner.EITHER,
    why="一张证照只属于一家机构；另一家其实没有证，却被计入。",
    remedy="对照证照原件，更正编号或作废登错的一条。",
    model=Licence,
    rows=register_rows.licences_sharing_number,
    region=OF_PROFILE,
    columns=_LICENCE,
    page=INSTITUTION_PAGE,
)
LICENCE_EXPIRED = Check(
    id="licence_expired",
    title="正常营业的机构证照已过期",
    severity=Severity.SERIOUS,
    owner=Owner.EITHER,
    why="证照过期的机构留在分母、不进分子，直接拉低指标。",
    remedy="催促续期并登记新证照；已不营业的，变更机构状态。",
    model=Licence,
    rows=register_rows.expired_licences,
    region=OF_PROFILE,
    columns=_LICENCE,
    page=INSTITUTION_PAGE,
)
CHANNEL_NOT_OPERATING = Check(
    id="channel_not_operating",
    title="绿色通道开在不正常营业的机构",
    severity=Severity.WARNING,
    owner=Owner.HEALTH,
    why="机构不营业，通道无从谈起；机构恢复时会被当作已经开通。",
    remedy="截止绿色通道记录；机构其实在营业的，更正机构状态。",
    model=GreenChannel,
    rows=register_rows.channels_not_operating,
    region=OF_PROFILE,
    columns=(_INSTITUTION, Column("机构状态", "status_in_words"), Column("开通", "starts_on")),
    page=INSTITUTION_PAGE,
)
TEAM_WITHOUT_AREA = Check(
    id="team_without_area",
    title="家庭医生团队没有责任社区",
    severity=Severity.WARNING,
    owner=Owner.HEALTH,
    why="没有责任社区的团队不覆盖任何居民，“可及”口径少计。",
    remedy="登记团队的责任社区；已解散的，截止团队。",
    model=DoctorTeam,
    rows=register_rows.teams_without_area,
    region=OF_PROFILE,
    columns=(Column("团队", "name"), _INSTITUTION, Column("起始", "starts_on")),
    page=INSTITUTION_PAGE,
)
INSTITUTION_OUTSIDE_TREE = Check(
    id="institution_outside_tree",
    title="机构所在区划已撤并或析出，尚未归入",
    severity=Severity.SERIOUS,
    owner=Owner.EITHER,
    why="区划撤并后没有重新归属的机构不进任何一个区的数字。",
    remedy="从区划调整生效日起，把机构改到现在的区划。",
    model=InstitutionProfile,
    rows=register_rows.institutions_outside_the_tree,
    region="region",
    columns=(
        Column("机构", "name"),
        Column("原区划", "region__name"),
        Column("状态", "status_in_words"),
    ),
    page=INSTITUTION_PAGE,
)
TEAM_AREA_OUTSIDE_TREE = Check(
    id="team_area_outside_tree",
    title="团队责任社区已撤并或析出，尚未归入",
    severity=Severity.WARNING,
    owner=Owner.HEALTH,
    why="撤并后的社区没有居民，接续的社区却没有团队。",
    remedy="从调整生效日起，给团队登记现在的社区。",
    model=TeamArea,
    rows=register_rows.team_areas_outside_the_tree,
    region="region",
    columns=(
        Column("团队", "team__name"),
        Column("原社区", "region__name"),
        Column("起始", "starts_on"),
    ),
)

# ── 契约 ──────────────────────────────────────────────────────────────────────

AGREEMENT_PARTY_UNSOUND = Check(
    id="agreement_party_unsound",
    title="有效协议的一方不营业或证照过期",
    severity=Severity.SERIOUS,
    owner=Owner.EITHER,
    why="这样的协议不计对数，养老机构也不算有医疗服务。",
    remedy="机构恢复、续证后自动计入；不再合作的，登记解约。",
    model=PartnershipAgreement,
    rows=register_rows.unsound_agreements,
    region="elderly_profile__region",
    columns=(
        *_AGREEMENT,
        Column("医疗方正常", "medical_is_open"),
        Column("医疗方有证", "medical_is_certified"),
        Column("养老方正常", "elderly_is_open"),
        Column("养老方备案过期", "elderly_is_expired"),
    ),
    page=("institution-detail", "elderly_id"),
)
AGREEMENT_WITHOUT_ITEMS = Check(
    id="agreement_without_items",
    title="有效协议没有写服务项目",
    severity=Severity.NOTICE,
    owner=Owner.HEALTH,
    why="没有服务项目，看不出是否提供康复护理，也无从检查履约。",
    remedy="对照协议文本补录服务项目。",
    model=PartnershipAgreement,
    rows=register_rows.agreements_without_items,
    region="elderly_profile__region",
    columns=_AGREEMENT,
    page=("institution-detail", "elderly_id"),
)
AGREEMENT_DRAFT_OLD = Check(
    id="agreement_draft_old",
    title=f"协议草稿超过 {settings.QUALITY_DRAFT_DAYS} 天未签",
    severity=Severity.NOTICE,
    owner=Owner.HEALTH,
    why="草稿不计数；签了没登记，或早已作罢，都让“还差几家”看错。",
    remedy="已签的补登签订日期；不再签的作废草稿。按计划生效日起算。",
    model=PartnershipAgreement,
    rows=register_rows.old_drafts,
    region="elderly_profile__region",
    columns=_AGREEMENT,
    page=("institution-detail", "elderly_id"),
)

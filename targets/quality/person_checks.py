"""What should not be found among older people, their sign-ups and care."""

from __future__ import annotations

from contracts.models import (
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    Person,
    PersonResidence,
)
from targets.indicators.base import Column
from targets.quality import person_rows
from targets.quality.base import Check, Owner, Severity

OF_RESIDENCE = "residence__region"
_PERSON = Column("老年人", "person__uid")
_COMMUNITY = Column("社区", "residence__region__name")

SIGNUP_OF_GONE = Check(
    id="signup_of_gone",
    title="已死亡或迁出的人签约仍有效",
    severity=Severity.WARNING,
    owner=Owner.HEALTH,
    why="虽已排除在签约率之外，团队的签约人数和服务任务仍是虚的。",
    remedy="登记解约，写明原因；死亡、迁出登记有误的，先更正。",
    model=FamilyDoctorSignup,
    rows=person_rows.signups_of_the_gone,
    region=OF_RESIDENCE,
    columns=(
        _PERSON,
        _COMMUNITY,
        Column("团队", "team__name"),
        Column("生效", "starts_on"),
        Column("已死亡", "is_dead"),
        Column("已迁出", "has_left"),
    ),
    is_personal=True,
)

PERSON_TOO_YOUNG = Check(
    id="person_too_young",
    title="不满 60 岁的人实名登记",
    severity=Severity.SERIOUS,
    owner=Owner.HEALTH,
    why="60 岁以下只按街道汇总上报，实名登记既多计人数，也多收了个人信息。",
    remedy="核对出生日期；确实不满 60 岁的，作废实名登记，计入街道月报。",
    model=Person,
    rows=person_rows.too_young,
    region=OF_RESIDENCE,
    columns=(
        Column("老年人", "uid"),
        _COMMUNITY,
        Column("有签约", "is_signed_up"),
    ),
    is_personal=True,
)
PERSON_DUPLICATE = Check(
    id="person_duplicate",
    title="疑似同一人登记两次",
    severity=Severity.WARNING,
    owner=Owner.HEALTH,
    why="同名、同日出生，且至少一条没有证件号；若是同一人，分子会多计一人。",
    remedy="补录证件号；确为同一人的，标记为重复记录。",
    model=Person,
    rows=person_rows.probable_duplicates,
    region=OF_RESIDENCE,
    columns=(
        Column("老年人", "uid"),
        _COMMUNITY,
        Column("有证件号", "has_id_number"),
    ),
    is_personal=True,
)
RESIDENT_OUTSIDE_TREE = Check(
    id="resident_outside_tree",
    title="居住地已撤并或析出，尚未归入",
    severity=Severity.SERIOUS,
    owner=Owner.HEALTH,
    why="社区撤并后没有重新归属的人不进任何一个区的数字。",
    remedy="从区划调整生效日起，登记现在的社区。",
    model=PersonResidence,
    rows=person_rows.residents_outside_the_tree,
    region="region",
    columns=(
        _PERSON,
        Column("原社区", "region__name"),
        Column("居住情况", "kind_in_words"),
        Column("居住起始", "starts_on"),
    ),
    is_personal=True,
)
MANAGED_AFTER_DEATH = Check(
    id="managed_after_death",
    title="死亡以后的健康管理",
    severity=Severity.SERIOUS,
    owner=Owner.HEALTH,
    why="体检日在死亡之后，不是死亡日期错，就是体检没有做。",
    remedy="核对死亡日期与体检表，作废不实的一条。",
    model=HealthManagement,
    rows=person_rows.managed_after_death,
    region=OF_RESIDENCE,
    columns=(
        _PERSON,
        _COMMUNITY,
        Column("死亡", "person__died_on"),
        Column("体检", "exam_on"),
    ),
    is_personal=True,
)
SICKBED_OF_DEAD = Check(
    id="sickbed_of_dead",
    title="人已死亡，家庭病床未撤",
    severity=Severity.WARNING,
    owner=Owner.HEALTH,
    why="病床数虚高，也占着建床机构的名额。",
    remedy="登记撤床日期，最迟为死亡当日。",
    model=HomeSickbed,
    rows=person_rows.sickbeds_of_the_dead,
    region=OF_RESIDENCE,
    columns=(
        _PERSON,
        _COMMUNITY,
        Column("死亡", "person__died_on"),
        Column("建床", "starts_on"),
    ),
    is_personal=True,
)

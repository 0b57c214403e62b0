"""The list of family-doctor sign-ups: record numbers, teams and days, never a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Left
from django.urls import reverse
from django_filters import CharFilter

from contracts.filters import LivingFilter
from contracts.lists.teams import is_team_called
from contracts.models import DoctorTeam, FamilyDoctorSignup
from contracts.models.signups import SignupQuerySet, signed_up_on
from contracts.persons.register import UID_SHOWN, record_number
from institutions.lists.naming import Named, named
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.copied import Written, written_as
from yiyang.listing.filters import ListFilter, choice, search
from yiyang.listing.register import Column, Register

STATES = (
    ("in_force", "有效"),
    ("not_yet", "未生效"),
    ("expired", "已到期"),
    ("terminated", "已解约"),
)
TITLES = dict(STATES)
TONES = {"in_force": "good", "not_yet": "plain", "expired": "bad", "terminated": "none"}
EXPIRING = tuple((str(days), f"{days} 天内到期、未续签") for days in (15, 30, 60, 90))
# 只收 8 位或整个编号：证件号、电话写不进来，也就进不了地址。
RECORD_FORM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8}"
RECORD_MESSAGE = "档案编号请写页面上的那 8 位（数字和小写字母 a—f），或整个编号。"
HEX_DIGITS = 32


def signups_on(actor: Actor, day: date) -> SignupQuerySet:
    """Every kept sign-up in scope; of the person only the record number is read."""
    rows = FamilyDoctorSignup.objects.kept().visible_to(actor)
    return rows.select_related("person", "team").only(
        *("signed_on", "starts_on", "expires_on", "auto_renews", "terminated_on"),
        *("person__uid", "team__name", "team__institution"),
    )


class RecordFilter(CharFilter):  # type: ignore[misc]
    """A record number, as pages show it or whole, and nothing else a person is known by."""

    field_class = forms.RegexField


class PersonsRegionFilter(LivingFilter):
    """Sign-ups of persons living in the region or anywhere below it."""

    person_path = "person"


class SignupFilter(ListFilter):
    """Record number, team, state, expiry and region of sign-ups."""

    record = RecordFilter(
        label="档案编号",
        method="by_record",
        regex=f"^({RECORD_FORM})$",
        widget=forms.TextInput(attrs={"placeholder": "8 位", "pattern": RECORD_FORM}),
        error_messages={"invalid": RECORD_MESSAGE},
    )
    q = search("团队", "团队或机构的名称、拼音首字母、编码")
    region = PersonsRegionFilter(label="居住区划")
    state = choice("状态", STATES, method="by_state")
    expiring = choice("到期", EXPIRING, method="by_expiry")

    def by_record(self, queryset: SignupQuerySet, name: str, value: str) -> SignupQuerySet:
        digits = value.replace("-", "")
        ends = (UUID(digits.ljust(HEX_DIGITS, filler)) for filler in "0f")
        return queryset.filter(person__uid__range=tuple(ends))

    def by_search(self, queryset: SignupQuerySet, name: str, value: str) -> SignupQuerySet:
        teams = DoctorTeam.objects.kept().filter(is_team_called(value, self.day))
        return queryset.filter(Exists(teams.filter(pk=OuterRef("team"))))

    def by_state(self, queryset: SignupQuerySet, name: str, value: str) -> SignupQuerySet:
        ended = Q(terminated_on__isnull=False, terminated_on__lte=self.day)
        wanted = {
            "in_force": signed_up_on(self.day),
            "not_yet": Q(starts_on__gt=self.day) & ~ended,
            "expired": Q(auto_renews=False, expires_on__lt=self.day) & ~ended,
            "terminated": ended,
        }
        return queryset.filter(wanted[value])

    def by_expiry(self, queryset: SignupQuerySet, name: str, value: str) -> SignupQuerySet:
        """As the work list counts them: in force, not renewing themselves, without a successor."""
        last = self.day + timedelta(days=int(value))
        return queryset.filter(
            signed_up_on(self.day),
            expires_on__lte=last,
            auto_renews=False,
            terminated_on=None,
            renewal=None,
        )


def state_on(row: FamilyDoctorSignup, day: date) -> str:
    """Which of STATES the sign-up is in on the day."""
    if row.terminated_on and row.terminated_on <= day:
        return "terminated"
    if row.starts_on > day:
        return "not_yet"
    return "in_force" if row.auto_renews or row.expires_on >= day else "expired"


def state_expression(day: date) -> Case:
    """`state_on` for the database."""
    in_force = Q(auto_renews=True) | Q(expires_on__gte=day)
    return Case(
        When(terminated_on__lte=day, then=Value(TITLES["terminated"])),
        When(starts_on__gt=day, then=Value(TITLES["not_yet"])),
        When(in_force, then=Value(TITLES["in_force"])),
        default=Value(TITLES["expired"]),
    )


def word(condition: Q, one: str, other: str) -> Case:
    return Case(When(condition, then=Value(one)), default=Value(other))


def team_names(day: date) -> dict[int, str]:
    """What every team is called, voided ones included: a sign-up keeps its own."""
    return dict(DoctorTeam.objects.values_list("pk", "name"))


def institution_names(day: date) -> dict[int, str]:
    """What the institution of every team is called on the day."""
    keys = set(DoctorTeam.objects.values_list("institution_id", flat=True))
    found = named(keys, day)
    return {key: found.name(key) for key in keys}


class Around:
    """The institutions of the teams, and the day the states are of."""

    def __init__(self, day: date, institutions: Named) -> None:
        self.day, self.institutions = day, institutions


def around_signups(rows: Sequence[FamilyDoctorSignup], actor: Actor, day: date) -> Around:
    return Around(day, named({row.team.institution_id for row in rows}, day))


C = Column[FamilyDoctorSignup, Around]
SIGNUPS = Register(
    code="signups",
    title="家庭医生签约",
    unit="份",
    url_name="signup-list",
    permission=Permission.VIEW_PERSONS,
    export_permission=Permission.EXPORT_PERSONS,
    rows=signups_on,
    filterset=SignupFilter,
    columns=(
        C(
            "record",
            "档案编号",
            lambda row, _: record_number(row.person.uid),
            link=lambda row, _: reverse("person-detail", args=[row.person.uid]),
            written=Written(lambda _: Left(Cast("person__uid", CharField()), UID_SHOWN)),
        ),
        C(
            "team",
            "签约团队",
            lambda row, _: row.team.name,
            written=Written(lambda _: F("team_id"), team_names),
        ),
        C(
            "institution",
            "团队所在机构",
            lambda row, around: around.institutions.name(row.team.institution_id),
            written=Written(lambda _: F("team__institution_id"), institution_names),
        ),
        C(
            "state",
            "状态",
            lambda row, around: TITLES[state_on(row, around.day)],
            tone=lambda row, around: TONES[state_on(row, around.day)],
            written=Written(state_expression),
        ),
        C(
            "signed_on",
            "签约日期",
            lambda row, _: row.signed_on.isoformat(),
            written=written_as("signed_on"),
        ),
        C(
            "starts_on",
            "生效日期",
            lambda row, _: row.starts_on.isoformat(),
            written=written_as("starts_on"),
        ),
        C(
            "expires_on",
            "到期日期",
            lambda row, _: row.expires_on.isoformat(),
            sort="expires_on",
            written=written_as("expires_on"),
        ),
        C(
            "renews",
            "期满自动续约",
            lambda row, _: "是" if row.auto_renews else "否",
            written=Written(lambda _: word(Q(auto_renews=True), "是", "否")),
        ),
        C(
            "terminated_on",
            "解约日期",
            lambda row, _: row.terminated_on.isoformat() if row.terminated_on else "",
            is_default=False,
            written=written_as("terminated_on"),
        ),
    ),
    around=around_signups,
    note="名单不显示姓名、证件号和电话；点档案编号打开档案。",
    next_step="请导入签约台账，或从老年人档案里登记签约。",
    is_personal=True,
)

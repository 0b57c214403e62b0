"""Family-doctor teams and the sign-ups of residents."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Func, Q

from contracts.models.persons import Person
from institutions.models import Institution, Region
from yiyang.access.fields import classify
from yiyang.access.roles import Permission
from yiyang.access.scope import ByInstitution, ByRegion, Holding
from yiyang.facts import DatedFact, DatedQuerySet, Fact, FactQuerySet, no_overlap, one_kept


class DoctorTeam(DatedFact):
    """A family-doctor team of one institution."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    code = models.CharField("团队编码", max_length=32, unique=True)
    name = models.CharField("团队名称", max_length=60)
    pinyin = models.CharField("拼音首字母", max_length=60, blank=True, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="doctor_teams")

    row_scope = ByRegion(
        "institution__profiles__region", dated="institution__profiles"
    ) | ByInstitution("institution")
    field_classes: ClassVar = classify(
        public=("id", "uid", "code", "name", "pinyin", "institution", "starts_on", "ends_on"),
        internal=("voided_at", "void_reason"),
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "家庭医生团队"

    def __str__(self) -> str:
        return self.name


class TeamArea(DatedFact):
    """A community that a team is assigned to."""

    team = models.ForeignKey(DoctorTeam, models.PROTECT, related_name="areas")
    region = models.ForeignKey(Region, models.PROTECT, related_name="team_areas")

    row_scope = ByRegion("region") | ByInstitution("team__institution")
    field_classes: ClassVar = classify(
        public=("id", "team", "region", "starts_on", "ends_on"),
        internal=("voided_at", "void_reason"),
    )
    objects = DatedQuerySet.as_manager()

    class Meta(DatedFact.Meta):
        verbose_name = verbose_name_plural = "团队责任社区"
        constraints = [
            *DatedFact.Meta.constraints,
            no_overlap(
                "team",
                "region",
                name="contracts_teamarea_once",
                message="该团队这段时间已负责这个社区。",
            ),
        ]


class SignupQuerySet(FactQuerySet["FamilyDoctorSignup"]):
    def in_force(self, day: date) -> Self:
        """Sign-ups valid on `day` (see signed_up_on)."""
        return self.kept().filter(signed_up_on(day))


def signed_up_on(day: date, prefix: str = "") -> Q:
    """The condition "sign-up in force on `day`" (rules.md 10).

    The last day counts; auto-renewing ones run on until terminated; the termination day does not
    count.
    """
    started = Q(**{f"{prefix}starts_on__lte": day})
    running = Q(**{f"{prefix}auto_renews": True}) | Q(**{f"{prefix}expires_on__gte": day})
    kept_up = Q(**{f"{prefix}terminated_on": None}) | Q(**{f"{prefix}terminated_on__gt": day})
    return started & running & kept_up


# 满一年的最后一日：起始日加一年再减一天。
A_YEAR_ON = Func(
    F("starts_on"),
    template="(%(expressions)s + interval '1 year' - interval '1 day')::date",
    output_field=models.DateField(),
)


class FamilyDoctorSignup(Fact):
    """A person's sign-up with one team, for a year at least.

    One team per person at a time is kept by a statement-level check of the persons touched
    (migration 0002): an exclusion constraint made loading 35 times slower.
    """

    uid = models.UUIDField(default=uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="signups", db_index=False)
    team = models.ForeignKey(DoctorTeam, models.PROTECT, related_name="signups")
    signed_on = models.DateField("签约日期")
    starts_on = models.DateField("生效日期")
    expires_on = models.DateField("到期日期", help_text="最后一个有效日")
    auto_renews = models.BooleanField("期满自动续约", default=False)
    terminated_on = models.DateField("解约日期", null=True, blank=True)
    termination_reason = models.CharField("解约原因", max_length=200, blank=True)
    renewal_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="renewal"
    )

    row_scope = Holding(Permission.VIEW_PERSONS) & (
        ByRegion("person__residences__region", dated="person__residences")
        | ByInstitution("team__institution")
    )
    field_classes: ClassVar = classify(
        internal=("id", "uid", "voided_at", "void_reason"),
        personal=(
            *("person", "team", "signed_on", "starts_on", "expires_on", "auto_renews"),
            *("terminated_on", "termination_reason", "renewal_of"),
        ),
    )
    objects = SignupQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "家庭医生签约"
        indexes = [
            # 上百万行的名单按到期日翻页，翻到多深都从这里接着读。
            models.Index(
                fields=["expires_on", "id"],
                condition=Q(voided_at=None),
                name="contracts_signup_expiry",
            )
        ]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "starts_on"],
                name="contracts_signup_start_once",
                condition=Q(voided_at=None),
                violation_error_message="该人同一天已有生效的签约。",
            ),
            models.UniqueConstraint(
                fields=["person"],
                name="contracts_signup_one_open",
                condition=Q(voided_at=None, auto_renews=True, terminated_on=None),
                violation_error_message="该人已有自动续约的签约，请先解约。",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gte=A_YEAR_ON),
                name="contracts_signup_at_least_a_year",
                violation_error_message="签约期不得少于一年。",
            ),
            models.CheckConstraint(
                condition=Q(terminated_on=None, termination_reason="")
                | (Q(terminated_on__gte=F("starts_on")) & ~Q(termination_reason="")),
                name="contracts_signup_termination",
                violation_error_message="解约不能早于生效日期，并须写明原因。",
            ),
        ]


class SignupService(Fact):
    """A service given under a sign-up; one in the period makes it 履约 (rules.md 10)."""

    signup = models.ForeignKey(FamilyDoctorSignup, models.PROTECT, related_name="services")
    served_on = models.DateField("服务日期")
    kind = models.CharField("服务内容", max_length=60)

    row_scope = Holding(Permission.VIEW_PERSONS) & ByRegion(
        "signup__person__residences__region", dated="signup__person__residences"
    )
    field_classes: ClassVar = classify(
        internal=("id", "voided_at", "void_reason"), personal=("signup", "served_on", "kind")
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "签约服务记录"


class AggregateGroup(models.TextChoices):
    UNDER_60 = "UNDER_60", "60 岁以下居民"
    KEY_UNDER_60 = "KEY_UNDER_60", "60 岁以下重点人群（去重人头）"


class SignupAggregate(Fact):
    """The monthly return of sign-ups of people under 60, per street (rules.md 7)."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="signup_aggregates")
    counted_on = models.DateField("统计日")
    group = models.CharField("人群", max_length=20, choices=AggregateGroup)
    signed = models.PositiveIntegerField("签约人数")
    population = models.PositiveIntegerField("人群总数", null=True, blank=True)

    row_scope = ByRegion("region")
    field_classes: ClassVar = classify(
        public=("id", "region", "counted_on", "group", "signed", "population"),
        internal=("voided_at", "void_reason"),
    )
    objects = FactQuerySet.as_manager()

    class Meta(Fact.Meta):
        verbose_name = verbose_name_plural = "60 岁以下签约汇总"
        constraints = [
            *Fact.Meta.constraints,
            one_kept(
                "region",
                "group",
                "counted_on",
                name="contracts_aggregate_once",
                message="该街道这一天的汇总已经报过，请作废原数后再报。",
            ),
        ]

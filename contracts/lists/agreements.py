"""The list of partnership agreements with their state on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse

from contracts.agreements.permission import may_edit_agreements
from contracts.models import AgreementMode, PartnershipAgreement
from contracts.models.agreements import (
    EXPIRY_BANDS,
    AgreementQuerySet,
    AgreementState,
    ServiceItem,
)
from institutions.lists.naming import Named, is_called, named
from institutions.models import InstitutionProfile
from institutions.region_filter import RegionFilter
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.listing.filters import ListFilter, a_day, choice, search
from yiyang.listing.register import Column, Entry, Register

S = AgreementState
VALID = "VALID"
STATES = ((VALID, "有效（含即将到期）"), *S.choices)
EXPIRING = tuple((str(days), f"{days} 天内到期、未续签") for days in EXPIRY_BANDS)
TONES = {
    S.DRAFT: "plain",
    S.HALF_SIGNED: "plain",
    S.NOT_YET: "plain",
    S.IN_FORCE: "good",
    S.EXPIRING: "warn",
    S.EXPIRED: "bad",
    S.RENEWED: "none",
    S.TERMINATED: "none",
    S.VOIDED: "none",
}


def agreements_on(actor: Actor, day: date) -> AgreementQuerySet:
    """Every agreement in scope with its state on the day, voided ones included."""
    rows = PartnershipAgreement.objects.visible_to(actor).with_state(day)
    return rows.select_related("medical", "elderly", "renewal_of")


class EitherSeatFilter(RegionFilter):
    """Agreements of which one party at least lies in the region on the day."""

    def within(
        self, qs: QuerySet[PartnershipAgreement], regions: RawSQL
    ) -> QuerySet[PartnershipAgreement]:
        seated = InstitutionProfile.objects.on(self.parent.day).filter(region__in=regions)
        return qs.filter(
            Q(Exists(seated.filter(institution=OuterRef("medical"))))
            | Q(Exists(seated.filter(institution=OuterRef("elderly"))))
        )


class AgreementFilter(ListFilter):
    """State, expiry, mode, parties and region of agreements; voided ones only when asked for."""

    q = search("查找", "协议编号，任一方的名称、拼音首字母、编码")
    region = EitherSeatFilter(label="区划（任一方）")
    state = choice("状态", STATES, method="by_state")
    expiring = choice("到期提醒", EXPIRING, method="by_expiry")
    mode = choice("合作方式", AgreementMode.choices)
    item = choice("服务项目", ServiceItem.choices, method="by_item")
    signed_first = a_day("签订日期从", field="signed_on", lookup="gte")
    signed_last = a_day("签订日期到", field="signed_on", lookup="lte")

    def filter_queryset(self, queryset: AgreementQuerySet) -> AgreementQuerySet:
        rows: AgreementQuerySet = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") == S.VOIDED else rows.kept()

    def by_search(self, queryset: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        sought = value.strip()
        called = InstitutionProfile.objects.on(self.day).filter(is_called(sought))
        return queryset.filter(
            Q(number__icontains=sought)
            | Q(Exists(called.filter(institution=OuterRef("medical"))))
            | Q(Exists(called.filter(institution=OuterRef("elderly"))))
        )

    def by_state(self, queryset: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        states = (S.IN_FORCE, S.EXPIRING) if value == VALID else (value,)
        return queryset.filter(state__in=states)  # type: ignore[misc]

    def by_expiry(self, queryset: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        return queryset.expiring_within(int(value), self.day)

    def by_item(self, queryset: AgreementQuerySet, name: str, value: str) -> AgreementQuerySet:
        return queryset.filter(items__contains=[value])


def parties_of(rows: Sequence[PartnershipAgreement], actor: Actor, day: date) -> Named:
    return named({key for row in rows for key in (row.medical_id, row.elderly_id)}, day)


def state_of(row: PartnershipAgreement) -> AgreementState:
    return AgreementState(row.state)


def day_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def item_words(row: PartnershipAgreement) -> str:
    return "、".join(str(ServiceItem(code).label) for code in row.items)


C = Column[PartnershipAgreement, Named]
AGREEMENTS = Register(
    code="agreements",
    title="医养签约协议",
    unit="份",
    url_name="agreement-list",
    permission=Permission.VIEW_AGREEMENTS,
    rows=agreements_on,
    filterset=AgreementFilter,
    columns=(
        C(
            "number",
            "协议编号",
            lambda row, _: row.number,
            sort="number",
            link=lambda row, _: reverse("agreement-detail", args=[row.pk]),
        ),
        C(
            "medical",
            "医疗方",
            lambda row, around: around.name(row.medical_id),
            link=lambda row, _: reverse("institution-detail", args=[row.medical_id]),
            is_long=True,
        ),
        C(
            "elderly",
            "养老方",
            lambda row, around: around.name(row.elderly_id),
            link=lambda row, _: reverse("institution-detail", args=[row.elderly_id]),
            is_long=True,
        ),
        C(
            "state",
            "状态",
            lambda row, _: str(state_of(row).label),
            tone=lambda row, _: TONES[state_of(row)],
        ),
        C("mode", "合作方式", lambda row, _: row.get_mode_display(), sort="mode"),
        C("signed_on", "签订日期", lambda row, _: day_text(row.signed_on), sort="signed_on"),
        C("starts_on", "生效日期", lambda row, _: row.starts_on.isoformat(), sort="starts_on"),
        C("expires_on", "到期日期", lambda row, _: day_text(row.expires_on), sort="expires_on"),
        C(
            "terminated_on",
            "解约日期",
            lambda row, _: day_text(row.terminated_on),
            sort="terminated_on",
            is_default=False,
        ),
        C(
            "renewal_of",
            "续签自",
            lambda row, _: row.renewal_of.number if row.renewal_of else "",
            is_default=False,
        ),
        C(
            "place",
            "养老方所在区划",
            lambda row, around: around.place(row.elderly_id),
            is_default=False,
        ),
        C("items", "服务项目", lambda row, _: item_words(row), is_default=False, is_long=True),
    ),
    around=parties_of,
    default_sort="-starts_on",
    entry=Entry("新建协议", "agreement-new", may_edit_agreements),
    next_step="请新签一份协议，或导入协议台账；不在您授权范围内的不列出。",
)

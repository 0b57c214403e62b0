"""The section of an account's page that says which regions and institutions it may see."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from institutions.actions import end_grant, grant_scope
from institutions.models import Institution, InstitutionGrant, Region, RegionGrant
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.models import User
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.dated import messages_of

NO_ACCOUNT = "没有这个账号，请从账号列表里点选。"


class GrantForm(forms.Form):
    """The code of a region or an institution."""

    code = forms.CharField(
        label="区划代码或机构编码",
        max_length=40,
        help_text="12 位区划代码（含其下级），或机构台账里的机构编码。",
        error_messages={"required": "请填写区划代码或机构编码。"},
    )

    def clean_code(self) -> Region | Institution:
        """Return the place itself; the security administrator sees no register to pick it from."""
        code = self.cleaned_data["code"].strip()
        place = (
            Region.objects.filter(code=code).first()
            or Institution.objects.filter(code=code, voided_at=None).first()
        )
        if place is None:
            raise forms.ValidationError(f"没有编码为 {code} 的区划或机构，请核对。")
        return place


def grants_panel(account: User, actor: Actor) -> dict[str, Any]:
    """What the account holds on the actor's day, with a form to give it more."""
    regions = RegionGrant.objects.visible_to(actor).on(actor.day).filter(user=account)
    houses = InstitutionGrant.objects.visible_to(actor).on(actor.day).filter(user=account)
    held = chain(
        (("region", grant, grant.region.name) for grant in regions.select_related("region")),
        (
            ("institution", grant, grant.institution.code)
            for grant in houses.select_related("institution")
        ),
    )
    return {
        "account": account,
        "grants": list(held),
        "form": GrantForm(),
        "whole_city": account.definition.whole_city,
        "is_administrator": account.definition.is_administrator,
        "is_own": account.pk == actor.user_id,
    }


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def grant_new(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give an account a region or an institution."""
    account, form = _account(request, user_id), GrantForm(request.POST)
    if not form.is_valid():
        return _answered(request, account, [str(told) for told in form.errors["code"]])
    try:
        place = form.cleaned_data["code"]
        grant_scope(by=request.actor, user=account, place=place, on=request.actor.day)
    except ValidationError as error:
        return _answered(request, account, messages_of(error))
    messages.success(request, "已授权，立即生效。")
    return _answered(request, account, [])


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def grant_end(request: ActorRequest, user_id: int, kind: str, grant_id: int) -> HttpResponse:
    """Take one grant of an account back."""
    account = _account(request, user_id)
    grant = _grant(account, kind, grant_id)
    if grant is None:
        raise Http404("没有这项授权，或已收回；请回到账号页查看。")
    try:
        end_grant(by=request.actor, grant=grant, user=account, on=request.actor.day)
    except ValidationError as error:
        return _answered(request, account, messages_of(error))
    messages.success(request, "授权已收回，立即生效。")
    return _answered(request, account, [])


def _account(request: ActorRequest, user_id: int) -> User:
    account: User | None = User.objects.visible_to(request.actor).filter(pk=user_id).first()
    if account is None:
        raise Http404(NO_ACCOUNT)
    return account


def _grant(account: User, kind: str, grant_id: int) -> RegionGrant | InstitutionGrant | None:
    if kind == "region":
        return RegionGrant.objects.kept().filter(pk=grant_id, user=account).first()
    if kind == "institution":
        return InstitutionGrant.objects.kept().filter(pk=grant_id, user=account).first()
    return None


def _answered(request: ActorRequest, account: User, refusals: list[str]) -> HttpResponse:
    for refusal in refusals:
        messages.error(request, refusal)
    return redirect("user-detail", account.pk)

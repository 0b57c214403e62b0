"""The section of an account's page that says which bureau a liaison speaks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from targets.bureau_names import BureauNames
from targets.models import Bureau, BureauGrant
from targets.taskboard.grants import end_bureau_grant, grant_bureau
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.models import User
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.dated import messages_of

PICK = dict.fromkeys(("required", "invalid_choice"), "请从列表里选择部门。")


class BureauForm(forms.Form):
    """One of the bureaus that exist on the day."""

    bureau = forms.TypedChoiceField(label="部门", coerce=int, error_messages=PICK)

    def __init__(self, *args: Any, names: BureauNames, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bureau = self.fields["bureau"]
        assert isinstance(bureau, forms.TypedChoiceField)
        bureau.choices = [("", "请选择部门"), *names.choices()]


def bureaus_panel(account: User, actor: Actor) -> dict[str, Any]:
    """What a liaison's account speaks for on the actor's day; nothing for other roles."""
    is_liaison = Permission.UPDATE_TASKS in account.definition.permissions
    if not is_liaison:
        return {"is_liaison": False}
    names = BureauNames(actor.day)
    grants = BureauGrant.objects.visible_to(actor).on(actor.day).filter(user=account)
    return {
        "is_liaison": True,
        "account": account,
        "grants": [(grant, names.name(grant.bureau_id)) for grant in grants],
        "form": BureauForm(names=names, auto_id="bureau_%s"),
        "is_own": account.pk == actor.user_id,
    }


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def bureau_grant_new(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give a liaison a bureau."""
    account = _account(request, user_id)
    form = BureauForm(request.POST, names=BureauNames(request.actor.day))
    if not form.is_valid():
        return _answered(request, account, [str(told) for told in form.errors["bureau"]])
    bureau = Bureau.objects.visible_to(request.actor).get(pk=form.cleaned_data["bureau"])
    try:
        grant_bureau(by=request.actor, user=account, bureau=bureau, on=request.actor.day)
    except ValidationError as error:
        return _answered(request, account, messages_of(error))
    messages.success(request, "已授权部门，立即生效。")
    return _answered(request, account, [])


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def bureau_grant_end(request: ActorRequest, user_id: int, grant_id: int) -> HttpResponse:
    """Take a liaison's bureau back."""
    account = _account(request, user_id)
    grants = BureauGrant.objects.visible_to(request.actor).on(request.actor.day)
    grant = grants.filter(pk=grant_id, user=account).first()
    if grant is None:
        raise Http404("没有这项部门授权，或已收回；请回到账号页查看。")
    try:
        end_bureau_grant(by=request.actor, grant=grant, user=account, on=request.actor.day)
    except ValidationError as error:
        return _answered(request, account, messages_of(error))
    messages.success(request, "部门授权已收回，立即生效。")
    return _answered(request, account, [])


def _account(request: ActorRequest, user_id: int) -> User:
    account: User | None = User.objects.visible_to(request.actor).filter(pk=user_id).first()
    if account is None:
        raise Http404("没有这个账号，请从账号列表里点选。")
    return account


def _answered(request: ActorRequest, account: User, refusals: list[str]) -> HttpResponse:
    for refusal in refusals:
        messages.error(request, refusal)
    return redirect("user-detail", account.pk)

"""The security administrator's pages of API tokens; a token's text is on one page, once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest, asked_at
from yiyang.access.models import User
from yiyang.access.roles import Permission, Role
from yiyang.access.scope import Actor
from yiyang.api.forms import RevokeForm, RotateForm, TokenForm
from yiyang.api.models import ApiToken
from yiyang.api.resources import read_scopes, write_scopes
from yiyang.api.tokens import codes_of, issue_token, revoke_token, rotate_token
from yiyang.posting import put_errors

NO_ACCOUNT = "没有这个接口账号，请从账号列表里点选。"
NOT_FOUND = "没有这个令牌，请回到账号页查看。"


def tokens_panel(account: User, actor: Actor) -> dict[str, Any]:
    """The account's tokens with their scope and last use, newest first."""
    tokens = ApiToken.objects.visible_to(actor).filter(user=account)
    shown = tokens.select_related("last_use", "replaced_by").prefetch_related("regions__region")
    return {
        "account": account,
        "is_client": account.role == Role.CIVIL_AFFAIRS_CLIENT,
        "tokens": [_shown(one, actor) for one in shown],
    }


def _shown(token: ApiToken, actor: Actor) -> dict[str, Any]:
    readable, writable = dict(read_scopes()), dict(write_scopes())
    return {
        "token": token,
        "state": state_of(token, actor),
        "reads": [readable.get(code, code) for code in token.reads],
        "writes": [writable.get(code, code) for code in token.writes],
        "regions": codes_of(token),
        "last_use": getattr(token, "last_use", None),
    }


def state_of(token: ApiToken, actor: Actor) -> str:
    """What a token is good for on the actor's day, in one word."""
    if token.revoked_at is not None:
        return "已收回"
    if token.expires_on < actor.day:
        return "已到期"
    return "接替中" if hasattr(token, "replaced_by") else "可用"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Permission.MANAGE_ACCOUNTS)
def token_new(request: ActorRequest, user_id: int) -> HttpResponse:
    """Issue a token; its text is on the answering page and nowhere else."""
    account = _account(request, user_id)
    form = TokenForm(request.POST or None, day=request.actor.day)
    if form.is_valid():
        fields = {"writes": [], **form.cleaned_data}
        try:
            token, text = issue_token(
                by=request.actor, user=account, on=request.actor.day, **fields
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _shown_once(request, token, text)
    return _form_page(request, account, form, "签发令牌")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Permission.MANAGE_ACCOUNTS)
def token_rotate(request: ActorRequest, user_id: int, token_id: int) -> HttpResponse:
    """Issue a successor that holds at once; the old token goes on for some days."""
    account = _account(request, user_id)
    old = _token(request, account, token_id)
    form = RotateForm(request.POST or None, day=request.actor.day)
    if form.is_valid():
        try:
            token, text = rotate_token(
                by=request.actor, token=old, on=request.actor.day, **form.cleaned_data
            )
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _shown_once(request, token, text)
    return _form_page(request, account, form, f"更换令牌：{old.name}")


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def token_revoke(request: ActorRequest, user_id: int, token_id: int) -> HttpResponse:
    """Take a token back at once."""
    account = _account(request, user_id)
    token, form = _token(request, account, token_id), RevokeForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError("请写明收回的原因。")
        revoke_token(
            by=request.actor,
            token=token,
            at=asked_at(request),
            reason=form.cleaned_data["reason"],
        )
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    else:
        messages.success(request, "令牌已收回，立即失效。")
    return redirect("user-detail", account.pk)


def _account(request: ActorRequest, user_id: int) -> User:
    clients = User.objects.visible_to(request.actor).filter(role=Role.CIVIL_AFFAIRS_CLIENT)
    account: User | None = clients.filter(pk=user_id).first()
    if account is None:
        raise Http404(NO_ACCOUNT)
    return account


def _token(request: ActorRequest, account: User, token_id: int) -> ApiToken:
    tokens = ApiToken.objects.visible_to(request.actor).filter(user=account)
    token = tokens.filter(pk=token_id).first()
    if token is None:
        raise Http404(NOT_FOUND)
    return token


def _form_page(request: ActorRequest, account: User, form: forms.Form, title: str) -> HttpResponse:
    context = {"account": account, "form": form, "title": title}
    return render(request, "api/token_form.html", context, status=400 if form.is_bound else 200)


def _shown_once(request: ActorRequest, token: ApiToken, text: str) -> HttpResponse:
    return render(request, "api/token_shown.html", {"token": token, "text": text})

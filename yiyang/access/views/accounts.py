"""The security administrator's pages: everyone's accounts."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Max, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import user_has_device

from yiyang.access import actions
from yiyang.access.decorators import requires
from yiyang.access.forms import AccountForm, RoleForm
from yiyang.access.http import ActorRequest, asked_at, day_of
from yiyang.access.lockout import locked_usernames
from yiyang.access.models import AccountSession, User
from yiyang.access.models.users import UserQuerySet
from yiyang.access.panels import panels_of
from yiyang.access.passwords import one_time_password
from yiyang.access.roles import Permission, Role
from yiyang.posting import put_errors

PAGE_SIZE = 50
NOT_FOUND = "没有这个账号，请从账号列表里点选。"


@require_safe
@never_cache
@requires(Permission.MANAGE_ACCOUNTS)
def user_list(request: ActorRequest) -> HttpResponse:
    """All accounts, found by name, number and role."""
    accounts = _searched(request).annotate(last_seen_at=Max("sessions__last_seen_at"))
    page = Paginator(accounts.order_by("username"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "roles": Role.choices,
        "locked": locked_usernames(asked_at(request)),
        "words": request.GET.get("words", ""),
        "role": request.GET.get("role", ""),
    }
    return render(request, "access/user_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@requires(Permission.MANAGE_ACCOUNTS)
def user_open(request: ActorRequest) -> HttpResponse:
    """Open an account; its one-time password is on the answering page and nowhere else."""
    form = AccountForm(request.POST or None)
    if form.is_valid():
        try:
            return _opened(request, form)
        except ValidationError as error:
            put_errors(form, error)
    return render(request, "access/user_open.html", {"form": form})


@require_safe
@never_cache
@requires(Permission.MANAGE_ACCOUNTS)
def user_detail(request: ActorRequest, user_id: int) -> HttpResponse:
    """One account with what may be done about it."""
    return _detail(request, _account(request, user_id), RoleForm())


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def user_role(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give an account another role."""
    account, form = _account(request, user_id), RoleForm(request.POST)
    if form.is_valid():
        try:
            actions.change_role(by=request.actor, user=account, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"角色已改为{account.get_role_display()}，须重新登录。")
            return redirect("user-detail", account.pk)
    return _detail(request, _account(request, user_id), form)


@require_POST
@never_cache
@requires(Permission.MANAGE_ACCOUNTS)
def user_password(request: ActorRequest, user_id: int) -> HttpResponse:
    """Give an account a one-time password, shown on the answering page and nowhere else."""
    account = _account(request, user_id)
    try:
        password = actions.reset_password(by=request.actor, user=account, on=day_of(request))
    except ValidationError as error:
        return _refused(request, account, error)
    return render(request, "access/user_password.html", {"account": account, "password": password})


def disable(request: ActorRequest, account: User) -> str:
    """Close the account of someone who left."""
    actions.disable_account(by=request.actor, user=account, on=day_of(request))
    return "账号已停用，登录与令牌已一并收回。"


def enable(request: ActorRequest, account: User) -> str:
    """Open it again."""
    actions.enable_account(by=request.actor, user=account)
    return "账号已启用；请再重设口令，把一次性口令交给本人。"


def unlock(request: ActorRequest, account: User) -> str:
    """Let it try again before the quarter of an hour is over."""
    actions.unlock_account(by=request.actor, user=account)
    return "已解锁，可以再次登录。"


def reset_code_device(request: ActorRequest, account: User) -> str:
    """Take away a lost phone."""
    actions.reset_code_device(by=request.actor, user=account)
    return "动态验证码已重置，本人下次登录时重新绑定。"


@require_POST
@requires(Permission.MANAGE_ACCOUNTS)
def user_act(
    request: ActorRequest, user_id: int, act: Callable[[ActorRequest, User], str]
) -> HttpResponse:
    """Do one thing about an account and say what was done."""
    account = _account(request, user_id)
    try:
        messages.success(request, act(request, account))
    except ValidationError as error:
        return _refused(request, account, error)
    return redirect("user-detail", account.pk)


def _searched(request: ActorRequest) -> UserQuerySet:
    accounts: UserQuerySet = User.objects.visible_to(request.actor)
    words, role = request.GET.get("words", "").strip(), request.GET.get("role", "")
    if role in Role.values:
        accounts = accounts.in_role(Role(role))
    named = Q(username__icontains=words) | Q(display_name__icontains=words)
    return accounts.filter(named | Q(staff_number__icontains=words)) if words else accounts


def _account(request: ActorRequest, user_id: int) -> User:
    account: User | None = User.objects.visible_to(request.actor).filter(pk=user_id).first()
    if account is None:
        raise Http404(NOT_FOUND)
    return account


def _opened(request: ActorRequest, form: AccountForm) -> HttpResponse:
    fields = form.cleaned_data
    password = one_time_password(User(**fields))
    account = actions.open_account(
        by=request.actor, password=password, on=day_of(request), **fields
    )
    context = {"account": account, "password": password, "is_new": True}
    return render(request, "access/user_password.html", context)


def _detail(request: ActorRequest, account: User, form: RoleForm) -> HttpResponse:
    at = asked_at(request)
    context = {
        "account": account,
        "form": form,
        "is_own": account.pk == request.actor.user_id,
        "is_locked": account.username in locked_usernames(at),
        "owes_password": account.owes_password(day_of(request)),
        "has_code_device": user_has_device(account),
        "sessions": AccountSession.objects.filter(user=account).open_at(at),
        "panels": panels_of(account, request.actor),
    }
    status = 400 if form.is_bound else 200
    return render(request, "access/user_detail.html", context, status=status)


def _refused(request: ActorRequest, account: User, error: ValidationError) -> HttpResponse:
    for message in error.messages:
        messages.error(request, message)
    return redirect("user-detail", account.pk)

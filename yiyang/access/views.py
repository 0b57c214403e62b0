"""Sign-in, sign-out and the answer to a locked account."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from yiyang.access.forms import SignInForm
from yiyang.access.models import User
from yiyang.access.roles import Permission

LOCKED = "登录失败次数过多，已暂停登录。请 15 分钟后再试，或联系安全管理员。"


class SignIn(LoginView):
    """Ask for name, password and, where the role needs it, the code."""

    template_name = "access/sign_in.html"
    authentication_form = SignInForm

    def get_default_redirect_url(self) -> str:
        """Lead administrators to their own account: the home page is business, closed to them."""
        user = self.request.user
        if isinstance(user, User) and Permission.VIEW_TARGETS not in user.definition.permissions:
            return resolve_url("account")
        return super().get_default_redirect_url()


@sensitive_variables("credentials")
def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer a locked-out attempt; axes calls it, whether or not the account exists."""
    form = SignInForm(request=request)
    return render(request, "access/sign_in.html", {"form": form, "locked": LOCKED}, status=429)


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Show people their own role; the landing page of roles that see no targets."""
    return render(request, "access/account.html")

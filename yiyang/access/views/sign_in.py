"""Sign-in, sign-out and the answer to a locked account."""

from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from yiyang.access.account_sessions import begin_session, current_digest, end_sessions
from yiyang.access.forms import SignInForm
from yiyang.access.models import SessionEnd, User
from yiyang.access.roles import Permission
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record

LOCKED = "登录失败次数过多，已暂停登录。请 15 分钟后再试，或联系安全管理员。"


class SignIn(LoginView):
    """Ask for name, password and, where the role needs it, the code."""

    http_method_names = ["get", "head", "post"]  # Django 的表单页还收 PUT
    template_name = "access/sign_in.html"
    authentication_form = SignInForm

    def get_default_redirect_url(self) -> str:
        """Lead administrators to their own account: the home page is business, closed to them."""
        user = self.request.user
        if isinstance(user, User) and Permission.VIEW_TARGETS not in user.definition.permissions:
            return resolve_url("account")
        return super().get_default_redirect_url()

    def form_valid(self, form: Any) -> HttpResponse:
        """Begin a session of a new key, whatever session the browser brought along."""
        user = form.get_user()
        end_current_session(self.request, SessionEnd.REPLACED)
        self.request.session.flush()
        login(self.request, user)
        begin_session(self.request, user)
        record(kind=EventKind.SIGN_IN, actor_id=user.pk, outcome=Outcome.ALLOWED)
        return HttpResponseRedirect(self.get_success_url())


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go back to the sign-in page."""
    if isinstance(request.user, User):
        end_current_session(request, SessionEnd.SIGNED_OUT)
        record(kind=EventKind.SIGN_OUT, actor_id=request.user.pk, outcome=Outcome.ALLOWED)
    logout(request)
    return redirect("sign-in")


def end_current_session(request: HttpRequest, end: SessionEnd) -> None:
    """Mark the session of the request, if it is an account's, as ended."""
    if isinstance(request.user, User):
        end_sessions(request.user, end, digest=current_digest(request))


@sensitive_variables("credentials")
def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Answer a locked-out attempt; axes calls it, whether or not the account exists."""
    form = SignInForm(request=request)
    return render(request, "access/sign_in.html", {"form": form, "locked": LOCKED}, status=429)

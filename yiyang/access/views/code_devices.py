"""Enrolling the phone that shows the codes, and replacing it."""

from __future__ import annotations

import base64
import datetime
import io

import django_otp
import qrcode  # type: ignore[import-untyped]
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import user_has_device
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

from yiyang.access.account_sessions import current_digest, rekey
from yiyang.access.actions import enrol_code_device
from yiyang.access.forms import CodeDeviceForm, IdentityForm
from yiyang.access.http import ActorRequest, asked_at, signed_in
from yiyang.access.models import User

KEY, PROVED = "new_code_key", "identity_proved_at"
PROOF_LASTS = datetime.timedelta(minutes=10)
KEY_BYTES = 20
LETTERS_IN_GROUP = 4


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def code_device(request: ActorRequest) -> HttpResponse:
    """Show a new secret once and keep it when a code made from it comes back."""
    user = signed_in(request)
    if user_has_device(user) and not _is_proved(request):
        return redirect("code-device-replace")
    if request.method != "POST" or KEY not in request.session:
        request.session[KEY] = random_hex(KEY_BYTES)
        return _page(request, user, CodeDeviceForm())
    form = CodeDeviceForm(request.POST)
    if form.is_valid() and _enrol(request, user, form):
        messages.success(request, "动态验证码已启用，下次登录时填写手机上的 6 位数字。")
        return redirect("account")
    return _page(request, user, form)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def code_device_replace(request: ActorRequest) -> HttpResponse:
    """Ask for password and present code before a new secret is shown."""
    user = signed_in(request)
    form = IdentityForm(request.POST or None, request=request, user=user)
    if form.is_valid():
        request.session[PROVED] = asked_at(request).isoformat()
        return redirect("code-device")
    return render(request, "access/code_device_replace.html", {"form": form})


def _is_proved(request: ActorRequest) -> bool:
    proved = request.session.get(PROVED)
    if proved is None:
        return False
    return asked_at(request) < datetime.datetime.fromisoformat(proved) + PROOF_LASTS


def _enrol(request: ActorRequest, user: User, form: CodeDeviceForm) -> bool:
    """Bind the device; from here on the session counts as verified, under a new key."""
    try:
        device = enrol_code_device(
            by=user,
            key=request.session[KEY],
            code=form.cleaned_data["otp_token"],
            keep=current_digest(request),
        )
    except ValidationError as error:
        form.add_error("otp_token", error)
        return False
    del request.session[KEY]
    request.session.pop(PROVED, None)
    django_otp.login(request, device)
    rekey(request)
    return True


def _page(request: ActorRequest, user: User, form: CodeDeviceForm) -> HttpResponse:
    key = request.session[KEY]
    device = TOTPDevice(user=user, key=key, name="手机")
    secret = base64.b32encode(bytes.fromhex(key)).decode()
    context = {
        "form": form,
        "picture": picture_of(device.config_url),
        "secret": " ".join(
            secret[at : at + LETTERS_IN_GROUP] for at in range(0, len(secret), LETTERS_IN_GROUP)
        ),
        "is_new": not user_has_device(user),
    }
    return render(request, "access/code_device.html", context)


def picture_of(text: str) -> str:
    """Return the QR code as a data: address, which the content policy allows for images."""
    drawn = io.BytesIO()
    # 屏幕上没有污损，纠错取最低，点子大些好扫。
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, image_factory=SvgPathImage)
    code.add_data(text)
    code.make_image().save(drawn)
    return f"data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}"

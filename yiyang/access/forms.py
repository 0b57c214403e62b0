"""The sign-in form."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from yiyang.access.models import User

WRONG = "用户名、口令或动态验证码不正确。须用动态验证码的账号，请填写手机上最新的 6 位数字。"


class SignInForm(forms.Form):
    """One message for every failure: it never tells which accounts exist."""

    username = forms.CharField(
        label="用户名",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="口令",
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    # 名称含 token：Django 与 axes 记录失败登录时据此遮盖。
    otp_token = forms.CharField(
        label="动态验证码",
        required=False,
        max_length=12,
        help_text="管理员和可查看个人信息明文的账号必填，其他账号可不填。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean_username(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["username"]).strip().lower()

    def clean_otp_token(self) -> str:
        return "".join(unicodedata.normalize("NFKC", self.cleaned_data["otp_token"]).split())

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        user = authenticate(
            self.request,
            username=cleaned["username"],
            password=cleaned["password"],
            otp_token=cleaned["otp_token"],
        )
        if not isinstance(user, User):
            raise forms.ValidationError(WRONG)
        self.user = user
        return cleaned

    def get_user(self) -> User | None:
        return self.user

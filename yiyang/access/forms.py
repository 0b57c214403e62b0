"""The forms of signing in and of looking after accounts."""

import unicodedata
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest

from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.verification import verify, verify_again

WRONG = "用户名、口令或动态验证码不正确。须用动态验证码的账号，请填写手机上最新的 6 位数字。"


def narrow(text: str) -> str:
    """Write full-width letters and digits, as Chinese keyboards give them, in the usual width."""
    return unicodedata.normalize("NFKC", text)


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
        help_text="已启用动态验证码的账号必填，没有启用的不填。",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean_username(self) -> str:
        return narrow(self.cleaned_data["username"]).strip().lower()

    def clean_otp_token(self) -> str:
        return "".join(narrow(self.cleaned_data["otp_token"]).split())

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        user = verify(
            self.request,
            username=cleaned["username"],
            password=cleaned["password"],
            code=cleaned["otp_token"],
        )
        if user is None:
            raise forms.ValidationError(WRONG)
        self.user = user
        return cleaned

    def get_user(self) -> User | None:
        return self.user


def code_field(label: str = "动态验证码") -> forms.CharField:
    """A field for the six digits shown on the phone."""
    # 名称含 token：Django 与 axes 记录失败登录时据此遮盖。
    return forms.CharField(
        label=label,
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": "请填写手机上最新的 6 位数字。"},
    )


def password_field(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    """A field for a password, kept as typed."""
    return forms.CharField(
        label=label,
        max_length=256,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": f"请填写{label}。"},
    )


class PasswordChangeForm(forms.Form):
    """The present password and, twice, the new one."""

    old_password = password_field("现在的口令", "current-password")
    password = password_field("新口令", "new-password")
    password_again = password_field("再输一次新口令", "new-password")

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned["password"] != cleaned["password_again"]:
            raise forms.ValidationError("两次输入的新口令不一样，请重新输入。")
        if not verify_again(self.request, self.user, password=cleaned["old_password"]):
            raise forms.ValidationError("现在的口令不正确，请重新输入。")
        try:
            validate_password(cleaned["password"], self.user)
        except forms.ValidationError as error:
            self.add_error("password", error)
        return cleaned


class CodeDeviceForm(forms.Form):
    """The first code of a new source of codes."""

    otp_token = code_field("手机上显示的 6 位数字")

    def clean_otp_token(self) -> str:
        return "".join(narrow(self.cleaned_data["otp_token"]).split())


class IdentityForm(forms.Form):
    """Password and code once more, before the source of codes is replaced."""

    password = password_field("现在的口令", "current-password")
    otp_token = code_field("现在手机上的动态验证码")

    def __init__(self, *args: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if self.errors:
            return cleaned
        code = "".join(narrow(cleaned["otp_token"]).split())
        if not verify_again(self.request, self.user, password=cleaned["password"], code=code):
            raise forms.ValidationError("口令或动态验证码不正确，请重新填写。")
        return cleaned


class AccountForm(forms.Form):
    """A new account: who holds it and what they may do."""

    display_name = forms.CharField(
        label="姓名", max_length=50, error_messages={"required": "请填写姓名。"}
    )
    staff_number = forms.CharField(
        label="工号",
        max_length=32,
        required=False,
        help_text="持有人本人的编号，一人一号；接口账号不填。同一人只能有一个启用的账号。",
    )
    username = forms.CharField(
        label="用户名",
        max_length=64,
        help_text="3—64 个小写字母、数字、点、横线、下划线，以字母开头。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请填写用户名。"},
    )
    role = forms.ChoiceField(
        label="角色",
        choices=[("", "请选择角色"), *Role.choices],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择角色。"),
    )

    def clean_username(self) -> str:
        return narrow(self.cleaned_data["username"]).strip().lower()

    def clean_staff_number(self) -> str:
        return narrow(self.cleaned_data["staff_number"]).strip().upper()

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class RoleForm(forms.Form):
    """Another role, with the reason."""

    role = forms.ChoiceField(
        label="新角色",
        choices=[("", "请选择角色"), *Role.choices],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择角色。"),
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        help_text="如：调任审核岗，依据某某文件。",
        error_messages={"required": "请写明变更角色的原因。"},
    )

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

"""The forms of files: one to send in, one to void."""

from __future__ import annotations

from django import forms

from yiyang.attachments.actions import NO_FILE


class UploadForm(forms.Form):
    """One file; what it is and whether it is taken, the action says."""

    file = forms.FileField(
        label="选择文件",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            **dict.fromkeys(("required", "empty", "missing", "invalid"), NO_FILE),
            "max_length": "文件名太长；请改短后再传。",
        },
    )


class VoidForm(forms.Form):
    """Why the file does not belong here."""

    reason = forms.CharField(
        label="作废原因",
        max_length=200,
        help_text="例如“传错了文件”。不要写个人姓名、证件号、电话。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "请写明作废原因。",
            "max_length": "作废原因请写在 200 字以内。",
        },
    )

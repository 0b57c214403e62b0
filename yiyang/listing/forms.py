"""The form that names a saved filter."""

from __future__ import annotations

from django import forms

from yiyang.listing.models import LONGEST_NAME, LONGEST_QUERY


class SavedFilterForm(forms.Form):
    """A name, and whether colleagues see it."""

    name = forms.CharField(
        label="名称",
        max_length=LONGEST_NAME,
        error_messages={
            "required": "请填写名称。",
            "max_length": f"名称不超过 {LONGEST_NAME} 字。",
        },
    )
    is_shared = forms.BooleanField(label="共享给同事", required=False)


class NewSavedFilterForm(SavedFilterForm):
    """With the parameters of the list it is of."""

    # 地址里可能还有不认识的参数，保存前才剔除，所以这里放宽。
    query = forms.CharField(
        required=False, max_length=4 * LONGEST_QUERY, widget=forms.HiddenInput()
    )

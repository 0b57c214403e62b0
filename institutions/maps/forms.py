"""The forms of maps: send a file, take one back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q

from institutions.maps.geojson import MAX_MAP_BYTES
from institutions.models import Region, RegionPlacement
from yiyang.access.scope import Actor


class MapForm(forms.Form):
    """A GeoJSON file of the regions below one, with its 审图号."""

    region = forms.ModelChoiceField(
        label="哪个区划的地图",
        queryset=Region.objects.none(),
        empty_label="请选择区划",
        help_text="画它的各下级区划。",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择区划。"),
    )
    approval_number = forms.CharField(
        label="审图号",
        max_length=40,
        required=False,
        help_text="照批复写全，如 蒙S（2026）001号；没有审图号的可以先上传，但不能启用。",
        error_messages={"max_length": "审图号最多 40 字。"},
    )
    file = forms.FileField(
        label="GeoJSON 文件",
        help_text=f"不超过 {MAX_MAP_BYTES // 1024 // 1024} MB，经纬度坐标；每个要素的 name "
        "与登记的区划名称一致，只用 Polygon 或 MultiPolygon。",
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json"}),
        error_messages={
            "required": "请选择 GeoJSON 文件。",
            "empty": "文件是空的，请选择有内容的文件。",
            "invalid": "没有收到文件，请重新选择。",
            "missing": "没有收到文件，请重新选择。",
        },
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        city = Region.objects.filter(code=settings.PORTAL_REGION).values("pk")
        districts = RegionPlacement.objects.on(actor.day).filter(parent__in=city).values("region")
        field.queryset = Region.objects.filter(Q(pk__in=city) | Q(pk__in=districts))

    def content(self) -> bytes:
        """The file's bytes, hardly more than a map may have."""
        data: bytes = self.cleaned_data["file"].read(MAX_MAP_BYTES + 1)
        return data

"""The verbs of maps: upload, check by a second person, take back."""

from __future__ import annotations

import re

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now

from institutions.maps.geojson import read_outlines
from institutions.models import MapFile, Region, RegionPlacement
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create, void

# 如：GS（2024）0650号、蒙S（2026）001号、GS京（2022）0145号
APPROVAL = re.compile(r"[A-Z\u4e00-\u9fff]{1,6}[（(〔\[]\d{4}[）)〕\]]\d{1,6}号")
NOT_APPROVAL = "审图号请照批复写全，如 蒙S（2026）001号。"
REPLACED = "由编号 {} 的地图代替"


def may_upload(actor: Actor) -> bool:
    return actor.whole_city and actor.may(Permission.MANAGE_POLICIES)


def may_confirm(actor: Actor) -> bool:
    return actor.whole_city and actor.may(Permission.REVIEW)


def upload_map(
    *, by: Actor, region: Region, approval_number: str, file_name: str, content: bytes
) -> MapFile:
    """Keep the outlines of a file; they are drawn nowhere until somebody else has checked them."""
    if not may_upload(by):
        raise PermissionDenied(FORBIDDEN)
    if approval_number and not APPROVAL.fullmatch(approval_number):
        raise ValidationError({"approval_number": NOT_APPROVAL})
    outlines = read_outlines(content, codes_below(region, by))
    with recorded(by=by, reason=f"上传{region.name}地图"):
        row = checked_create(
            MapFile,
            region=region,
            approval_number=approval_number,
            file_name=file_name[:200],
            outlines=outlines,
            uploaded_by_id=by.user_id,
        )
    assert isinstance(row, MapFile)
    return row


def confirm_map(*, by: Actor, map_file: MapFile) -> None:
    """Put a map into use in place of the one before; never one's own, never without 审图号."""
    if not may_confirm(by):
        raise PermissionDenied(FORBIDDEN)
    with recorded(by=by, reason=f"审核{map_file.region.name}地图"):
        locked = MapFile.objects.select_for_update().get(pk=map_file.pk)
        _refuse_unless_ready(by, locked)
        for before in MapFile.objects.in_use().filter(region=locked.region_id):
            void(by=by, fact=before, reason=REPLACED.format(locked.pk))
        MapFile.objects.filter(pk=locked.pk).update(confirmed_by_id=by.user_id, confirmed_at=Now())


def void_map(*, by: Actor, map_file: MapFile, reason: str) -> None:
    """Take a map out of use, or an upload back, with the reason; tiles stand in its place."""
    if not (may_upload(by) or may_confirm(by)):
        raise PermissionDenied(FORBIDDEN)
    void(by=by, fact=map_file, reason=reason)


def codes_below(region: Region, by: Actor) -> dict[str, str]:
    """Name and code of each region right below, which a map of `region` must show."""
    below = RegionPlacement.objects.on(by.day).filter(parent=region).select_related("region")
    codes = {row.region.name: row.region.code for row in below}
    if not codes:
        raise ValidationError({"region": f"{region.name}没有下级区划，不需要地图。"})
    return codes


def _refuse_unless_ready(by: Actor, map_file: MapFile) -> None:
    """The database refuses the same; here in words before anything else is written."""
    if not map_file.is_waiting:
        raise ValidationError("这份地图已审核或已停用；请刷新页面。")
    if map_file.uploaded_by_id == by.user_id:
        raise ValidationError("上传人不能审核自己上传的地图，请由另一人审核。")
    if not map_file.approval_number:
        raise ValidationError("没有审图号的地图不能启用；取得后请重新上传。")

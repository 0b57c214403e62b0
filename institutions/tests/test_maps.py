"""Maps: what a file must be, two persons, one in use, and the 审图号 printed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from institutions.maps.actions import confirm_map, upload_map, void_map
from institutions.maps.drawing import sheet_of
from institutions.maps.geojson import read_outlines
from institutions.models import MapFile, Region, RegionLevel
from institutions.tests.factories import make_region
from institutions.tests.maps import APPROVAL, feature, geojson, make_map, square
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor
from yiyang.access.tests.accounts import open_user

DAY = date(2026, 11, 24)
CODES = {"东区": "1", "西区": "2"}
EAST, WEST = feature("东区", square(107, 39)), feature("西区", square(106, 39))


def actor_of(user: User) -> Actor:
    return known_actor(user.pk, user.role, DAY)


@pytest.fixture
def city(db: None) -> Region:
    city = make_region("测试市", RegionLevel.CITY, code="150300000000")
    for name in CODES:
        make_region(name, RegionLevel.DISTRICT, city)
    return city


@pytest.fixture
def clerk(city: Region) -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


@pytest.fixture
def reviewer(city: Region) -> User:
    return open_user(Role.CITY_HEALTH_REVIEWER, with_code=True)


def test_outlines_are_kept_by_code() -> None:
    islands = feature("西区", square(106, 39), square(105, 38, 0.5), kind="MultiPolygon")
    outlines = read_outlines(geojson(EAST, islands), CODES)
    assert {code: len(rings) for code, rings in outlines.items()} == {"1": 1, "2": 2}
    assert outlines["1"][0][0] == (107.0, 39.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "不是 GeoJSON"),
        (b"{", "不是 GeoJSON"),
        (b"\xff\xfe", "不是 GeoJSON"),
        (b"[" * 100_000, "不是 GeoJSON"),
        (b'{"type": NaN}', "不是 GeoJSON"),
        (b"[]", "FeatureCollection"),
        (b'{"type": "Topology"}', "FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": 5}', "列表"),
        (b'{"type": "FeatureCollection", "features": ["<script>"]}', "列表"),
        (geojson(EAST), "没有：西区"),
        (geojson(EAST, EAST), "两次"),
        (geojson(EAST, feature("南区", square(106, 39))), "不是这里的下级区划"),
        (geojson(feature("<script>alert(1)</script>", square(106, 39))), "不是这里的下级区划"),
        (geojson(feature("  ", square(106, 39))), "name"),
        (geojson(feature(5, square(106, 39))), "name"),
        (geojson({"type": "Feature"}), "name"),
        (geojson({**EAST, "geometry": None}), "Polygon"),
        (geojson(feature("东区", [107, 39], kind="Point")), "Polygon"),
        (geojson(feature("东区", "x")), "坐标写法有误"),
        (geojson(feature("东区", ["x"])), "坐标写法有误"),
        (geojson(feature("东区", [[True, False]])), "坐标写法有误"),
        (geojson(feature("东区", [["107", "39"]])), "坐标写法有误"),
        (geojson(feature("东区", square(18_500_000, 4_400_000))), "经纬度"),
        (geojson(feature("东区", square(39, 107))), "经纬度"),
        (geojson(feature("东区", [[10**400, 39]])), "经纬度"),
        (geojson(feature("东区", square(107, 39)[:-1])), "首尾相接"),
        (geojson(feature("东区", square(107, 39)[-3:])), "首尾相接"),
        (geojson(feature("东区")), "首尾相接"),
        (b" " * (2 * 1024 * 1024 + 1), "超过 2 MB"),
    ],
)
def test_what_is_no_map_is_refused_in_words(content: bytes, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        read_outlines(content, CODES)


def test_north_is_up_and_east_is_right() -> None:
    sheet = sheet_of(read_outlines(geojson(EAST, WEST), CODES))
    east, west = sheet.outlines["1"], sheet.outlines["2"]
    assert west.x < sheet.width / 2 < east.x
    assert abs(west.y - east.y) < 1
    assert set(west.path) <= set("Mz., 0123456789-")


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="yiyang.access.backends.PasswordWithCodeBackend")
    if device := TOTPDevice.objects.filter(user=user).first():
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client


def upload(by: User, city: Region, **fields: Any) -> MapFile:
    sent = {"approval_number": APPROVAL, "file_name": "a.geojson", **fields}
    content = geojson(EAST, WEST)
    return upload_map(by=actor_of(by), region=city, content=content, **sent)


def test_a_map_is_used_once_another_person_has_checked_it(
    city: Region, clerk: User, reviewer: User
) -> None:
    first = upload(clerk, city)
    assert not MapFile.objects.in_use().exists()
    confirm_map(by=actor_of(reviewer), map_file=first)
    assert MapFile.objects.in_use().get() == first
    second = upload(clerk, city, approval_number="GS（2027）0123号")
    confirm_map(by=actor_of(reviewer), map_file=second)
    assert MapFile.objects.in_use().get() == second
    first.refresh_from_db()
    assert first.void_reason == f"由编号 {second.pk} 的地图代替"


@pytest.mark.parametrize("number", ["1", "蒙S2026", "蒙S（26）001号", "<b>（2026）1号"])
def test_a_number_that_is_no_approval_is_refused(city: Region, clerk: User, number: str) -> None:
    with pytest.raises(ValidationError, match="审图号"):
        upload(clerk, city, approval_number=number)


def test_a_map_without_approval_waits(city: Region, clerk: User, reviewer: User) -> None:
    waiting = upload(clerk, city, approval_number="")
    with pytest.raises(ValidationError, match="审图号"):
        confirm_map(by=actor_of(reviewer), map_file=waiting)


def test_who_may_not(city: Region, clerk: User) -> None:
    district = open_user(Role.DISTRICT_HEALTH_REVIEWER)
    waiting = upload(clerk, city)
    for refused in (clerk, district):
        with pytest.raises(PermissionDenied):
            confirm_map(by=actor_of(refused), map_file=waiting)
    with pytest.raises(PermissionDenied):
        upload(district, city)
    with pytest.raises(PermissionDenied):
        void_map(by=actor_of(district), map_file=waiting, reason="不许")


@pytest.mark.parametrize(
    "fields",
    [
        {"confirmed_by": "maker", "confirmed_at": "2026-11-24T00:00Z"},
        {"confirmed_by": "checker"},
        {"confirmed_by": "checker", "confirmed_at": "2026-11-24T00:00Z", "approval_number": ""},
    ],
)
def test_the_database_refuses_the_same(
    city: Region, clerk: User, reviewer: User, fields: dict[str, str]
) -> None:
    waiting = make_map(city, clerk)
    people = {"maker": clerk, "checker": reviewer}
    values = {name: people.get(value, value) for name, value in fields.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        MapFile.objects.filter(pk=waiting.pk).update(**values)


def test_from_upload_to_use_in_the_browser(city: Region, clerk: User, reviewer: User) -> None:
    maker, checker = browser_of(clerk), browser_of(reviewer)
    file = SimpleUploadedFile("乌海.geojson", geojson(EAST, WEST))
    sent = {"region": city.pk, "approval_number": APPROVAL, "file": file}
    way = maker.post("/maps/new/", sent)["Location"]
    assert "核对无误，启用" not in maker.get(way).content.decode()
    assert "核对无误，启用" in checker.get(way).content.decode()
    checker.post(f"{way}confirm/")
    assert "使用中" in maker.get("/maps/").content.decode()
    maker.post(f"{way}void/", {"reason": "界线有误"})
    assert "界线有误" in maker.get(way).content.decode()


def test_a_refused_file_says_what_to_do(city: Region, clerk: User) -> None:
    file = SimpleUploadedFile("a.geojson", geojson(EAST))
    answer = browser_of(clerk).post("/maps/new/", {"region": city.pk, "file": file})
    assert answer.status_code == 422
    assert "没有：西区" in answer.content.decode()

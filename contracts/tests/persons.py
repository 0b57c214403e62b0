"""A city of two districts and the browsers of its offices, for tests of the register."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from contracts.models import Person
from contracts.tests.factories import make_known_person
from institutions.models import Region, RegionGrant, RegionLevel
from institutions.tests.factories import LONG_AGO, make_region
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.audit.kinds import EventKind
from yiyang.audit.models import AuditEvent

NAME, ID_NUMBER, PHONE = "欧阳兰芝", "150399194003070029", "15400001234"


@dataclass(frozen=True, slots=True)
class City:
    """The city's two districts, the first with a street and its community."""

    east: Region
    west: Region
    street: Region
    community: Region

    @classmethod
    def make(cls) -> City:
        city = make_region("测试市", RegionLevel.CITY, code="150300000000")
        east = make_region("东区", RegionLevel.DISTRICT, city)
        west = make_region("西区", RegionLevel.DISTRICT, city)
        street = make_region("河滨街道", RegionLevel.STREET, east)
        community = make_region("春风社区", RegionLevel.COMMUNITY, street)
        return cls(east, west, street, community)


def browser_of(user: User) -> Client:
    """A browser signed in as the user, second factor included where the role needs it."""
    client = Client()
    client.force_login(user, backend="yiyang.access.backends.PasswordWithCodeBackend")
    if user.needs_second_factor:
        device, _ = TOTPDevice.objects.get_or_create(user=user, name="手机", confirmed=True)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client


def browse_as(role: Role, *regions: Region) -> Client:
    """A browser of a new account of the role, granted the regions."""
    user = open_user(role)
    for region in regions:
        RegionGrant.objects.create(user=user, region=region, starts_on=LONG_AGO)
    return browser_of(user)


def make_lan_zhi(region: Region, **fields: Any) -> Person:
    """The person whose name, ID number and phone the tests look for where they must not be."""
    return make_known_person(region, name=NAME, id_number=ID_NUMBER, phone=PHONE, **fields)


def last_event_id() -> int:
    """Where the audit stands: its events are committed for good and outlive each test."""
    last: int | None = AuditEvent.objects.aggregate(last=Max("id"))["last"]
    return last or 0


def events_after(event_id: int, kind: EventKind) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(id__gt=event_id, kind=kind).order_by("id"))

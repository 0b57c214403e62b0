"""The page hands out a copy to whoever may give one, for a reason, and to no other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from contracts.models import Person
from contracts.tests.factories import make_known_person, make_residence
from contracts.tests.persons import browse_as
from institutions.models import Region, RegionLevel
from institutions.tests.factories import make_region
from yiyang.access.roles import Role
from yiyang.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
WHO: dict[str, Any] = {"name": "王秀英", "id_number": "150399194501010018", "phone": "15400000001"}
FILLED = {"reason": "本人到场申请查阅", "form": "json"}
MAY = (Role.CITY_HEALTH_REVIEWER, Role.DISTRICT_HEALTH_REVIEWER)


@pytest.fixture
def street() -> Region:
    return make_region("甲街道", RegionLevel.STREET)


@pytest.fixture
def person(street: Region) -> Person:
    person = make_known_person(born_on=date(1945, 1, 1), **WHO)
    make_residence(person, street)
    return person


def page_of(person: Person) -> str:
    return reverse("person-held", args=[person.uid])


def test_the_file_comes_for_a_reason(person: Person) -> None:
    client = browse_as(Role.CITY_HEALTH_REVIEWER)
    asked = client.get(page_of(person))
    assert asked.status_code == 200
    assert all(plain not in asked.content.decode() for plain in WHO.values())
    answer = client.post(page_of(person), FILLED)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="held-FB')
    assert "no-store" in answer["Cache-Control"]
    assert WHO["id_number"] in answer.content.decode()
    assert AuditEvent.objects.filter(kind="EXPORT", subject=f"person:{person.uid}").exists()


@pytest.mark.parametrize(
    ("filled", "message"),
    [
        ({"reason": "", "form": "json"}, "请写明理由"),
        ({"reason": "查", "form": "xlsx"}, "请写明理由"),
        ({"reason": FILLED["reason"], "form": "pdf"}, "请选择文件格式"),
    ],
)
def test_a_wrong_form_comes_back_without_the_file(
    person: Person, filled: dict[str, str], message: str
) -> None:
    answer = browse_as(Role.CITY_HEALTH_REVIEWER).post(page_of(person), filled)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert WHO["name"] not in answer.content.decode()


@pytest.mark.parametrize("role", sorted(Role))
def test_each_role_is_answered_as_its_rights_are(
    person: Person, street: Region, role: Role
) -> None:
    answer = browse_as(role, street).post(page_of(person), FILLED)
    assert answer.status_code == (200 if role in MAY else 403)
    assert (WHO["name"] in answer.content.decode()) == (role in MAY)


def test_a_person_of_another_district_is_not_there(person: Person) -> None:
    elsewhere = make_region("乙街道", RegionLevel.STREET)
    answer = browse_as(Role.DISTRICT_HEALTH_REVIEWER, elsewhere).post(page_of(person), FILLED)
    assert answer.status_code == 404

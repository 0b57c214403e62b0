"""The demo city in the database: loaded once, whole or not at all, with nothing in the clear."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from contracts.demo import loading
from contracts.demo.scene import Scene
from contracts.identity import ID_NUMBER, NAME, TABLE
from contracts.models import (
    FamilyDoctorSignup,
    HealthManagement,
    Person,
    PersonKey,
    PersonResidence,
    SignupAggregate,
)
from institutions.ingest.regions import read_regions
from institutions.management.commands.load_regions import WUHAI
from institutions.models import Institution, Population, Region
from yiyang.changelog.models import Change
from yiyang.lib.crypto import digest, open_sealed, unwrap

pytestmark = pytest.mark.django_db
SMALL = Scene(seed=7, today=date(2022, 6, 30), aged_60=400)


def load(scene: Scene = SMALL) -> list[str]:
    said: list[str] = []
    content = WUHAI.read_bytes()
    loading.load(scene, content, read_regions(content), said.append)
    return said


def test_the_city_loads_within_every_constraint_and_tells_each_step() -> None:
    said = load()
    assert len(said) > 5
    counted = PersonResidence.objects.on(date(2016, 9, 30)).filter(
        kind="USUAL", person__born_on__lte=date(1956, 9, 30), person__duplicate_of=None
    )
    alive = counted.exclude(person__died_on__lte=date(2016, 9, 30))
    assert alive.count() == 400
    for model in (FamilyDoctorSignup, HealthManagement, SignupAggregate, Population, Institution):
        assert model._default_manager.exists()


def test_every_row_is_logged_as_demo_data() -> None:
    load()
    assert set(Change.objects.values_list("reason", flat=True)) == {"演示数据", "载入区划"}
    assert not Change.objects.exclude(actor=None).exists()
    assert Change.objects.filter(table_name="contracts_person", operation="INSERT").exists()


def test_a_name_opens_with_the_persons_own_key_and_is_found_by_its_digest() -> None:
    load()
    person = Person.objects.exclude(id_sealed=None).first()
    assert person is not None
    key = unwrap(PersonKey.objects.get(person=person).wrapped, person.uid)

    def opened(sealed: Any, field: str) -> str:
        return open_sealed(sealed, data_key=key, table=TABLE, field=field, uid=person.uid)

    number = opened(person.id_sealed, ID_NUMBER)
    assert number[6:14] == f"{person.born_on:%Y%m%d}"
    assert bytes(person.id_digest or b"") == digest(number, ID_NUMBER)
    name = opened(person.name_sealed, NAME)
    assert bytes(person.name_digest or b"") == digest(name, NAME)


def test_a_load_that_breaks_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(loading, "sickbeds", break_off)
    with pytest.raises(DatabaseError):
        load()
    assert not Region.objects.exists()
    assert not Person.objects.exists()
    assert not Change.objects.exists()


def test_only_a_demo_is_filled(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo_city")
    assert not Region.objects.exists()


def test_a_city_already_there_is_left_alone(settings: Any) -> None:
    settings.DEMO = True
    load()
    before = Person.objects.count()
    output = StringIO()
    call_command("load_demo_city", stdout=output)
    assert "已有演示数据，跳过" in output.getvalue()
    assert Person.objects.count() == before


@pytest.mark.parametrize(
    ("today", "message"),
    [("2015-12-31", "须在"), ("2999-01-01", "须在"), ("昨天", "不认识")],
)
def test_a_day_no_city_can_be_made_for_is_refused(settings: Any, today: str, message: str) -> None:
    settings.DEMO = True
    with pytest.raises(CommandError, match=message):
        call_command("load_demo_city", "--today", today)
    assert not Region.objects.exists()

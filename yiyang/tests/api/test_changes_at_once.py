"""The feed under writers at work: nothing waits for a long import, and nothing of it is lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from institutions.models import Institution, InstitutionProfile, Licence
from institutions.tests.factories import LONG_AGO, make_elderly, make_filing
from targets.tests.factories import City, make_city
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.tests.api.deeds import DEEDS, TODAY, move
from yiyang.tests.api.replicas import Replica, make_follower

pytestmark = pytest.mark.django_db(transaction=True)
IMPORTED = 60
DEEDS_OF_A_WRITER = 12


@contextmanager
def at_work(*works: Callable[[], None]) -> Iterator[list[Thread]]:
    """Each work in a thread with a connection of its own; all of them end with the block."""

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    failed: list[Exception] = []
    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    yield threads
    for thread in threads:
        thread.join()
    assert failed == []


def writer(seed: int, city: City) -> Callable[[], None]:
    def work() -> None:
        chance, homes = random.Random(seed), list[Institution]()
        for _ in range(DEEDS_OF_A_WRITER):
            chance.choice(DEEDS)(chance, city, homes)

    return work


def long_import(city: City, has_written: Event, may_commit: Event) -> Callable[[], None]:
    """An import that writes at once and commits only when it is let."""

    def work() -> None:
        with transaction.atomic(), recorded(by=SYSTEM, batch="导入"):
            made = Institution.objects.bulk_create(
                Institution(code=f"IMPORT-{n}") for n in range(IMPORTED)
            )
            regions = (city.east_street, city.west_street)
            InstitutionProfile.objects.bulk_create(
                InstitutionProfile(
                    institution=one,
                    name=one.code,
                    region=regions[n % 2],
                    status="OPERATING",
                    elderly_kind="CARE_HOME",
                    starts_on=LONG_AGO,
                )
                for n, one in enumerate(made)
            )
            Licence.objects.bulk_create(
                Licence(
                    institution=one,
                    kind="ELDERLY_FILING",
                    number=one.code,
                    full_time_beds=10,
                    starts_on=LONG_AGO,
                )
                for one in made
            )
            has_written.set()
            assert may_commit.wait(60)

    return work


def test_a_replica_ends_with_our_state_whatever_happens_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    city, day = make_city(), TODAY
    monkeypatch.setattr("yiyang.api.authentication.day_of", lambda request: day)
    chance = random.Random(2026)
    replicas = [Replica(make_follower(*regions)) for regions in ((city.east.code,), ())]
    comes_tomorrow = make_elderly(city.west_street)
    make_filing(comes_tomorrow)
    move(comes_tomorrow, city.east_street, TODAY + timedelta(days=1))
    has_written, may_commit = Event(), Event()
    with at_work(long_import(city, has_written, may_commit)):
        assert has_written.wait(60)
        with at_work(*(writer(seed, city) for seed in range(3))) as writers:
            while any(thread.is_alive() for thread in writers):
                for replica in replicas:
                    replica.follow(lambda: chance.randint(5, 40))
                day = TODAY + timedelta(days=1)
        for replica in replicas:
            replica.follow(lambda: chance.randint(5, 40))
            assert replica.differences() == []
            assert not any(one["code"].startswith("IMPORT") for one in codes(replica))
        may_commit.set()
    for replica in replicas:
        replica.follow(lambda: chance.randint(5, 40))
        assert (replica.differences(), replica.resyncs) == ([], 0)
    imported = [one for one in codes(replicas[0]) if one["code"].startswith("IMPORT")]
    assert len(imported) == IMPORTED // 2
    assert comes_tomorrow.pk in replicas[0].held["identities"]
    late = Replica(replicas[0].caller)
    late.follow(lambda: 50)
    assert late.differences() == []


def codes(replica: Replica) -> list[dict[str, str]]:
    return list(replica.held["identities"].values())

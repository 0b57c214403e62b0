"""Closing a home ends its agreements and the indicator falls from that day, not before."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from contracts.tests.persons import browse_as
from institutions.tests.factories import make_elderly, make_filing, make_health, make_licence
from targets.tests.factories import City, counted
from yiyang.access.roles import Role

THE_DAY_BEFORE, CLOSING = date(2017, 11, 30), date(2017, 12, 1)


def test_closing_a_home_ends_its_agreements_and_the_figures_fall(city: City) -> None:
    centre, home = make_health(city.west_community, "B100"), make_elderly(city.east_community)
    make_licence(centre)
    make_filing(home)
    agreement = make_agreement(centre, home, number="协一")
    assert counted("PAIR", "total", city.city, day=CLOSING) == (1, None, 0, 0)
    assert counted("EL17", "any_form", city.city, day=CLOSING)[:2] == (1, 1)

    clerk = browse_as(Role.CITY_CIVIL_AFFAIRS_CLERK)
    data = {"status": "CLOSED", "on": "2017-12-01", "reason": "自行停办"}
    way = reverse("institution-status", args=[home.pk])
    assert clerk.post(way, {**data, "listed": f"agreements:{agreement.pk}"}).status_code == 302

    assert PartnershipAgreement.objects.get().terminated_on == CLOSING
    assert counted("PAIR", "total", city.city, day=THE_DAY_BEFORE) == (1, None, 0, 0)
    assert counted("PAIR", "total", city.city, day=CLOSING) == (0, None, 1, 0)
    assert counted("EL17", "any_form", city.city, day=CLOSING)[:2] == (0, 0)


def test_signing_an_agreement_on_its_page_raises_the_figure_of_that_night(city: City) -> None:
    centre, home = make_health(city.west_community, "B100"), make_elderly(city.east_community)
    make_licence(centre)
    make_filing(home)
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    made = clerk.post(
        reverse("agreement-new"),
        {
            "medical": centre.code,
            "elderly": home.code,
            "mode": "COOPERATION",
            "starts_on": "2017-11-01",
            "expires_on": "2018-10-31",
        },
    )
    assert counted("PAIR", "total", city.city, day=CLOSING) == (0, None, 1, 0)
    for side, on in (("medical", "2017-11-30"), ("elderly", "2017-12-01")):
        clerk.post(f"{made['Location']}sign/", {"side": side, "on": on})
    assert counted("PAIR", "total", city.city, day=THE_DAY_BEFORE) == (0, None, 1, 0)
    assert counted("PAIR", "total", city.city, day=CLOSING) == (1, None, 0, 0)
    page = clerk.get(made["Location"], {"as_of": "2017-12-01"}).content.decode()
    assert "计入" in page

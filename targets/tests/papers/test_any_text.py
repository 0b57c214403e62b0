"""Whatever text a paper holds, each of its files opens and prints it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import pytest
from django.template.loader import render_to_string

from targets.models import Paper, PaperKind
from targets.papers import pdf
from targets.papers.forms import forms_of, kinds_printed
from targets.tests.bulletins.scene import make_desks
from targets.tests.editions.editions import make_office, publish
from targets.tests.factories import DAY, City, make_city
from targets.tests.nightly.report_scene import make_reported
from targets.tests.page_scene import DUE_DAY, LATER_DAY, Scene, browse_as, make_scene, store_run
from targets.tests.proposals import scene as proposals
from targets.tests.returns.return_scene import make_return_scene, opened, published
from targets.tests.tabulations.fixed import store_given
from yiyang.access.roles import Role

# 从 Word 粘来的软回车、退格、不是字符的；尖括号；扩展 B 区的汉字、表情。
ODD = "\x0b\x08\x1b\ufffe\uffff"
FAIR = "<w:t>&amp;]]>{{ 7 }}𠮷👵🏽"
PAPERS: dict[PaperKind, Callable[[City], object]] = {}


def kept(kind: PaperKind) -> Callable[[Callable[[City], object]], Callable[[City], object]]:
    def keep(make: Callable[[City], object]) -> Callable[[City], object]:
        PAPERS[kind] = make
        return make

    return keep


def measured(city: City) -> Scene:
    scene = make_scene(city)
    store_run(city.city, DUE_DAY)
    store_run(city.city, LATER_DAY)
    return scene


@kept(PaperKind.NIGHTLY)
def report(city: City) -> None:
    make_reported(city).report()


@kept(PaperKind.BULLETIN)
def bulletin(city: City) -> None:
    make_desks(measured(city)).brought(4)


@kept(PaperKind.TABLE)
def table(city: City) -> None:
    store_given(city, DAY)
    browse_as(Role.CITY_HEALTH_CLERK).post("/tables/institutions/archive/?as_of=2017-12-31")


@kept(PaperKind.RETURN)
def quarterly_return(city: City) -> None:
    scene = make_return_scene(city)
    published(scene, opened(scene))


@kept(PaperKind.EDITION)
def edition(city: City) -> None:
    measured(city)
    publish(make_office())


@kept(PaperKind.PROPOSAL)
def reply(city: City) -> None:
    scene = proposals.make_scene(city)
    verbs = proposals.V
    proposal = proposals.step(scene, proposals.registered(scene), "clerk", verbs.TAKE)
    proposals.drafted(scene, proposal)
    steps = (("clerk", verbs.SUBMIT), ("checker", verbs.APPROVE), ("clerk", verbs.ANSWER))
    for who, verb in steps:
        proposals.step(scene, proposal, who, verb)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", PAPERS)
def test_every_file_of_a_paper_opens(kind: PaperKind) -> None:
    PAPERS[kind](make_city())
    paper = Paper.objects.filter(kind=kind).earliest("pk")
    paper.content, paper.title = odd(paper.content), odd(paper.title)
    printed = forms_of(kind)
    for form in printed.forms:
        if form.suffix == "txt":
            continue
        told = "".join(texts_of(form.render(paper)))
        assert FAIR in told
        assert not set(ODD) & set(told)
    if not pdf.why_no_pdf():
        context = {"paper": paper, "content": paper.content, "shell": "targets/papers/printed.html"}
        assert pdf.pdf_of(render_to_string(printed.template, context), pdf.ARCHIVED)


def test_every_kind_of_paper_is_tried() -> None:
    periodic = {PaperKind.WEEKLY, PaperKind.MONTHLY, PaperKind.QUARTERLY, PaperKind.YEARLY}
    assert set(PAPERS) == set(kinds_printed()) - periodic


def odd(value: Any) -> Any:
    """The content with odd characters after every Chinese text."""
    if isinstance(value, dict):
        return {name: odd(part) for name, part in value.items()}
    if isinstance(value, list):
        return [odd(part) for part in value]
    is_text = isinstance(value, str) and any("一" <= one <= "鿿" for one in value)
    return f"{value}{ODD}{FAIR}" if is_text else value


def texts_of(file: bytes) -> list[str]:
    """The texts of a Word file or a workbook, every part of it read strictly."""
    with ZipFile(BytesIO(file)) as package:
        parts = [package.read(name) for name in package.namelist() if name.endswith("xml")]
    return ["".join(fromstring(part).itertext()) for part in parts]

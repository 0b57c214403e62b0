"""What stands in a mail: text, link and mark; no header smuggled in, no markup let through."""

from __future__ import annotations

from typing import Any

import pytest

from targets.mailing.links import subscription_in
from targets.mailing.messages import message_of
from targets.models import MailKind, PaperKind, ReportMail
from targets.papers.forms import PaperForm, forms_of, register_forms
from targets.tests.factories import City
from targets.tests.mailing.scene import AT, make_mail, make_paper, make_subscription

pytestmark = pytest.mark.usefixtures("mail_from")


def parts(mail: ReportMail) -> tuple[Any, str, str]:
    """The message, its text and its HTML."""
    message: Any = message_of(mail, AT)
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return message, text, html


def test_a_report_in_text_and_in_html(city: City, settings: Any) -> None:
    settings.DEMO = False
    paper = make_paper(city.city, title="测试市医养结合指标日报（2026年11月23日）")
    mail = make_mail(make_subscription(city.city, address="zhang@example.gov.cn"), paper)
    message, text, html = parts(mail)
    assert message["Subject"] == (
        f"测试市医养结合指标日报（2026年11月23日）（{settings.PORTAL_NAME}）"
    )
    assert message["From"] == "医养结合门户 <yyjh@example.gov.cn>"
    assert message["To"] == "zhang@example.gov.cn"
    assert message["Auto-Submitted"] == "auto-generated"
    for body in (text, html):
        assert "绿色通道 5/8 家，未达标，还差 2 家：甲医院、乙医院。" in body
        assert f"https://yyjh.example.gov.cn/papers/{paper.uid}/" in body
        assert "演示数据" not in body
    assert message["List-Unsubscribe"].strip("<>") in text


def test_the_demo_says_so_in_subject_and_body(city: City, settings: Any) -> None:
    settings.DEMO = True
    message, text, html = parts(make_mail(make_subscription(city.city)))
    assert all(settings.DEMO_MARK in one for one in (message["Subject"], text, html))


def test_a_title_cannot_smuggle_in_a_header(city: City) -> None:
    paper = make_paper(city.city, title="日报\r\nBcc: thief@example.com\x0b\x85尾")
    message = message_of(make_mail(make_subscription(city.city), paper), AT)
    assert message["Bcc"] is None
    assert b"\nBcc:" not in message.as_bytes()


def test_what_a_report_says_is_never_markup(city: City) -> None:
    paper = make_paper(city.city, title="<b>日报</b>", text="<script>alert(1)</script> & 甲院")
    _, text, html = parts(make_mail(make_subscription(city.city), paper))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html
    assert "<script>alert(1)</script> & 甲院" in text


def test_made_again_it_is_the_same_mail(city: City) -> None:
    mail = make_mail(make_subscription(city.city))
    first, second = message_of(mail, AT), message_of(mail, AT)
    assert first["Message-ID"] == second["Message-ID"]


def test_the_workbook_comes_where_it_is_wanted(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    held = forms_of(PaperKind.NIGHTLY)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    sheet = PaperForm("xlsx", "Excel", kind, lambda paper: b"PK...")
    register_forms(PaperKind.NIGHTLY, template=held.template, forms=[sheet])
    try:
        for is_wanted in (True, False):
            mail = make_mail(make_subscription(city.city, has_workbook=is_wanted))
            attached = list(message_of(mail, AT).iter_attachments())
            assert [one.get_content_type() for one in attached] == [kind] * is_wanted
            assert all(str(one.get_filename()).endswith(".xlsx") for one in attached)
    finally:
        register_forms(PaperKind.NIGHTLY, template=held.template, forms=held.forms)


def test_a_warning_names_no_figure_and_no_report(city: City) -> None:
    mail = make_mail(make_subscription(city.city), kind=MailKind.SILENCE, key="silence/1")
    message, text, _ = parts(mail)
    assert "26 小时没有完成过指标的量度" in text
    assert message["List-Unsubscribe"]


def test_a_link_is_for_one_purpose_and_cannot_be_forged(city: City) -> None:
    subscription = make_subscription(city.city, confirmed_at=None)
    mail = make_mail(subscription)
    address = message_of(mail, AT)["List-Unsubscribe"].strip("<>")
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert subscription_in(token, "report-subscription-unsubscribe") == subscription
    assert subscription_in(token, "report-subscription-confirm") is None
    for forged in (token[:-1], token + "x", token.upper(), "x", str(subscription.uid), ""):
        assert subscription_in(forged, "report-subscription-unsubscribe") is None

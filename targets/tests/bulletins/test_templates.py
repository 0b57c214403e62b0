"""Templates the office edits: what is taken, and every way to do harm that is not."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from docx import Document

from targets.bulletins.docx_file import MAX_FILE, check_docx
from targets.bulletins.house_template import house_template
from targets.bulletins.placeholders import PLACEHOLDERS, Many, check_markup, described
from targets.bulletins.rendering import check_template, filled_in
from targets.bulletins.sample import SAMPLE
from targets.bulletins.signed import word_of
from targets.bulletins.templates import add_template, void_template
from targets.models import BulletinTemplate
from targets.tests.bulletins.documents import changed, docx_saying
from targets.tests.bulletins.scene import Desks

PLAIN = docx_saying("{{ title }}")


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        check_template(content, SAMPLE)
    return "；".join(refused.value.messages)


def test_the_houses_own_template_is_taken() -> None:
    check_template(house_template(), SAMPLE)


def test_the_sample_has_every_placeholder() -> None:
    assert set(PLACEHOLDERS) == set(SAMPLE) - {"template"}
    for name, one in PLACEHOLDERS.items():
        if isinstance(one, Many) and name != "charts":
            assert set(one.of) <= set(SAMPLE[name][0]), name


def test_every_placeholder_is_described() -> None:
    told = dict(described())
    assert told["sections → parts → text"] == "文字"
    assert all(told.values())


def test_names_are_printed_as_they_are() -> None:
    template = docx_saying("{%p for one in candidates %}", "{{ one.name }}", "{%p endfor %}")
    document = Document(BytesIO(filled_in(template, SAMPLE)))
    assert [p.text for p in document.paragraphs] == ["样例<一>号&医院"]


@pytest.mark.parametrize(
    "text", ["{{ title }}", "{% raw %}", "<w:p/>", "a\x00b\x0b\x1fc\ac", "\ud83d\ude00"]
)
def test_what_a_clerk_typed_is_never_read_as_a_template(text: str) -> None:
    told = {**SAMPLE, "title": text.encode("utf-16", "surrogatepass").decode("utf-16")}
    document = Document(BytesIO(filled_in(PLAIN, told)))
    (line,) = [p.text for p in document.paragraphs]
    assert line == "".join(one for one in told["title"] if one >= " ")


HOSTILE = [
    ("{{ ''.__class__ }}", "''.__class__"),
    ("{{ title.__class__.__mro__ }}", "title.__class__"),
    ("{{ title.format }}", "title.format"),
    ("{{ title['__class__'] }}", "Getitem"),
    ("{{ title|attr('__class__') }}", "不能用"),
    ("{{ cycler.__init__.__globals__ }}", "cycler"),
    ("{{ self.__init__ }}", "self"),
    ("{{ range(99999999) }}", "Call"),
    ("{{ 'a' * 999999999 }}", "Mul"),
    ("{{ 9 ** 9 ** 9 }}", "Pow"),
    ("{{ title ~ title }}", "Concat"),
    ("{{ title if run else day }}", "CondExpr"),
    ("{% set x = title %}", "Assign"),
    ("{% include 'x' %}", "Include"),
    ("{% import 'x' as y %}", "Import"),
    ("{% extends 'x' %}", "Extends"),
    ("{% macro x() %}{% endmacro %}", "Macro"),
    ("{% filter upper %}a{% endfilter %}", "FilterBlock"),
    ("{% for a in range(99999999) %}x{% endfor %}", "Call"),
    ("{% for a in notes %}{% for b in notes %}x{% endfor %}{% endfor %}", "套在另一个 for"),
    ("{% for a in notes recursive %}x{% endfor %}", "带条件的 for"),
    ("{% for a in title %}x{% endfor %}", "不是列表"),
    ("{% for a, b in notes %}x{% endfor %}", "解包"),
    ("{% if title is defined %}x{% endif %}", "Test"),
    ("{% if title and tilte %}x{% endif %}", "{{ tilte }} 不认识"),
    ("{% if tilte or title %}x{% endif %}", "{{ tilte }} 不认识"),
    ("{% if not tilte %}x{% endif %}", "{{ tilte }} 不认识"),
    ("{% if title == tilte %}x{% endif %}", "{{ tilte }} 不认识"),
    ("{% if title %}x{% else %}{{ tilte }}{% endif %}", "{{ tilte }} 不认识"),
    ("{% for a in notes if a.text %}x{% endfor %}", "带条件的 for"),
    ("{{ notes }}", "是列表"),
    ("{{ tilte }}", "{{ tilte }} 不认识"),
    ("{{ number }}", "{{ number }} 不认识"),
    ("{% for a in notes %}{{ a.txet }}{% endfor %}", "{{ a.txet }} 不认识"),
    ("{{ title", "不完整"),
    ("{% for a in notes %}x", "不完整"),
    ("{% if title %}x", "不完整"),
    ("}}" + "{{ title " * 20_000, "没有对应的"),
    ("{%- if title -%}x{%- endif -%}", "{%-"),
]


@pytest.mark.parametrize(("markup", "told"), HOSTILE, ids=[one[:40] for one, _ in HOSTILE])
def test_markup_beyond_the_table_is_refused_by_name(markup: str, told: str) -> None:
    assert told in refusal(docx_saying(markup))


def test_conditions_of_what_is_in_the_table_are_taken() -> None:
    check_template(docx_saying("{% if title and not day or run == 1 %}甲{% endif %}"), SAMPLE)


def test_headers_and_properties_are_looked_into() -> None:
    assert "{{ tilte }} 不认识" in refusal(docx_saying("x", header="{{ tilte }}"))
    assert "文件属性" in refusal(docx_saying("x", title="{{ title }}"))


FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def with_footnote(text: str) -> bytes:
    """The document with a part of footnotes that says this."""
    with ZipFile(BytesIO(PLAIN)) as package:
        types = package.read("[Content_Types].xml").decode()
        rels = package.read("word/_rels/document.xml.rels").decode()
    kind = f'<Override PartName="/word/footnotes.xml" ContentType="{FOOTNOTES}"/></Types>'
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rId99" Type="{base}/footnotes" Target="footnotes.xml"/>'
    words = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    note = f'<w:footnotes xmlns:w="{words}"><w:t>{text}</w:t></w:footnotes>'
    return changed(
        PLAIN,
        {
            "[Content_Types].xml": types.replace("</Types>", kind).encode(),
            "word/_rels/document.xml.rels": rels.replace("</Rel", f"{link}</Rel").encode(),
            "word/footnotes.xml": note.encode(),
        },
    )


def test_footnotes_are_looked_into() -> None:
    check_template(with_footnote("{{ day }}"), SAMPLE)
    assert "{{ tilte }} 不认识" in refusal(with_footnote("{{ tilte }}"))
    assert "title.__class__" in refusal(with_footnote("{{ title.__class__ }}"))


def test_markup_split_by_word_is_still_seen() -> None:
    """Word 常把一个占位符拆成几段不同格式的字。"""
    document = Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ til", "te }", "}"):
        paragraph.add_run(piece)
    stream = BytesIO()
    document.save(stream)
    assert "{{ tilte }} 不认识" in refusal(stream.getvalue())


def test_very_deep_markup_is_refused() -> None:
    deep = "{% if title %}" * 3000 + "{% endif %}" * 3000
    with pytest.raises(ValidationError):
        check_markup(deep)


def test_a_loop_that_swells_is_refused_before_it_fills_the_memory() -> None:
    """一行样例里不大，几百家机构就是几个 GB。"""
    swelling = docx_saying("{%p for one in candidates %}", "大" * 100_000, "{%p endfor %}")
    assert "重复的内容太多" in refusal(swelling)


LINK = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/relationships/%s" Target="http://example.invalid/x" '
    b'TargetMode="External"/></Relationships>'
)
BOMB = b"0" * (31 * 1024 * 1024)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空文件"),
        (b"%PDF-1.7 not a zip", "只收 Word"),
        (changed(PLAIN, {}, drop=("word/document.xml",)), "只收 Word"),
        (changed(PLAIN, {"[Content_Types].xml": b"<Types/>"}), "只收 Word"),
        (changed(PLAIN, {"word/vbaProject.bin": b"x"}), "宏"),
        (changed(PLAIN, {"word/embeddings/oleObject1.bin": b"x"}), "宏"),
        (changed(PLAIN, {"word/_rels/settings.xml.rels": LINK % b"attachedTemplate"}), "链接"),
        (changed(PLAIN, {"word/_rels/x.xml.rels": LINK % b"image"}), "链接"),
        (changed(PLAIN, {"word/media/bomb.bin": BOMB}), "过大"),
        (changed(PLAIN, {"word/document.xml": b"<x>" + b"a" * 4_300_000}), "过大"),
        (changed(PLAIN, {f"word/media/{n}.bin": b"" for n in range(301)}), "过多"),
        (
            changed(
                PLAIN,
                {"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><w:body>&a;</w:body>'},
            ),
            "DOCTYPE",
        ),
        (b"PK" + b"0" * MAX_FILE, "超过 5 MB"),
    ],
)
def test_files_that_are_not_plain_documents_are_refused(content: bytes, told: str) -> None:
    assert told in refusal(content)


def test_links_a_reader_may_click_are_harmless() -> None:
    check_docx(changed(PLAIN, {"word/_rels/x.xml.rels": LINK % b"hyperlink"}))


IMAGE, CLICKED = LINK % b"image", LINK % b"hyperlink"
WIDE = IMAGE.replace(b'"1.0"', b'"1.0" encoding="UTF-16LE"').decode().encode("utf-16-le")
INSIDE = LINK.replace(b"External", b"Internal")


@pytest.mark.parametrize(
    ("link", "told"),
    [
        (IMAGE.replace(b"External", b"Ext&#101;rnal"), "链接"),
        (IMAGE.replace(b"/x", b"/a>b"), "链接"),
        (IMAGE.replace(b"/x", b"/?Type='/hyperlink'"), "链接"),
        (WIDE, "链接"),
        (CLICKED.replace(b"http:", b"file:"), "链接"),
        (CLICKED.replace(b"http://example.invalid", b"\\\\host"), "链接"),
        (INSIDE % b"oleObject", "嵌入"),
        (INSIDE % b"aFChunk", "嵌入"),
    ],
    ids=["charref", "angle", "faked", "utf16", "file", "share", "ole", "chunk"],
)
def test_a_link_in_disguise_is_found(link: bytes, told: str) -> None:
    for name in ("word/_rels/x.xml.rels", "word/_rels/X.XML.RELS"):
        assert told in refusal(changed(PLAIN, {name: link}))


@pytest.mark.parametrize(
    ("encoded", "told"),
    [
        ("<?xml version='1.0'?><!DOCTYPE x><x/>".encode("utf-16"), "DOCTYPE"),
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-!DOCTYPE x+AD4-<x/>', "只收 Word"),
        (b"<x>" * 200 + b"</x>" * 200, "不会写的内容"),
    ],
    ids=["utf16", "utf7", "deep"],
)
def test_markup_no_office_program_writes_is_refused(encoded: bytes, told: str) -> None:
    assert told in refusal(changed(PLAIN, {"word/x.xml": encoded}))


@pytest.mark.parametrize("name", ["word/x.html", "../x.exe", "word/media/x.bin", "word/x"])
def test_a_part_of_no_known_kind_is_refused(name: str) -> None:
    assert "嵌入" in refusal(changed(PLAIN, {name: b"x"}))


def test_two_parts_of_one_name_are_refused() -> None:
    assert "只收 Word" in refusal(changed(PLAIN, {"word/DOCUMENT.xml": b"<x/>"}))


# ── 域 ────────────────────────────────────────────────────────────────────────


def with_field(*pieces: str) -> bytes:
    """A document with a field whose instruction stands in these pieces."""
    marks = [f'<w:r><w:fldChar w:fldCharType="{one}"/></w:r>' for one in ("begin", "end")]
    runs = [f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in pieces]
    return with_body(f"<w:p>{marks[0]}{''.join(runs)}{marks[1]}</w:p>")


def with_body(xml: str) -> bytes:
    with ZipFile(BytesIO(PLAIN)) as package:
        body = package.read("word/document.xml").decode()
    return changed(PLAIN, {"word/document.xml": body.replace("<w:p>", f"{xml}<w:p>", 1).encode()})


@pytest.mark.parametrize(
    "pieces",
    [
        ["PAGE"],
        [" PAGE ", r"\* MERGEFORMAT"],
        [r'TOC \o "1-3"'],
        [r'HYPERLINK \l "_Toc1"'],
        ['HYPERLINK "https://example.invalid/"'],
    ],
)
def test_fields_that_count_and_refer_are_taken(pieces: list[str]) -> None:
    check_docx(with_field(*pieces))


@pytest.mark.parametrize(
    "pieces",
    [
        ["DDE", r'AUTO c:\windows\cmd.exe "/k calc"'],
        ["includepicture &quot;http://example.invalid/x.png&quot;"],
        [r'INCLUDETEXT "c:\\boot.ini"'],
        [r'HYPERLINK "\\\\host\\share"'],
        ["MACROBUTTON x"],
        [""],
        ["PAGE {{ title }}"],
        ["{%r if title %}", "PAGE", "{%r endif %}", "DDE x"],
        ["PAGE", "</w:instrText><w:t>{%r if title %}</w:t><w:instrText>", "DDE x"],
    ],
)
def test_fields_that_fetch_run_or_change_are_refused(pieces: list[str]) -> None:
    assert "域" in refusal(with_field(*pieces))


@pytest.mark.parametrize(
    "xml",
    [
        '<w:p><w:fldSimple w:instr="DDEAUTO cmd"/></w:p>',
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDE x</w:instrText></w:r></w:p>',
    ],
    ids=["simple", "unended"],
)
def test_other_ways_to_write_a_field_are_judged_alike(xml: str) -> None:
    assert "域" in refusal(with_body(xml))


def test_a_file_cut_or_damaged_anywhere_is_refused_in_words() -> None:
    """断网、坏盘传上来的半个文件：说得清楚，不出错页。"""
    whole = house_template()
    for place in range(30, len(whole), len(whole) // 60):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        for content in (whole[:place], bytes(damaged)):
            with suppress(ValidationError):
                check_template(content, SAMPLE)


def test_a_broken_document_is_refused_in_words() -> None:
    assert "不完整" in refusal(changed(PLAIN, {"word/document.xml": b"<w:document"}))
    assert "没有成功" in refusal(changed(PLAIN, {"word/document.xml": b"<document/>"}))


# ── 版次 ──────────────────────────────────────────────────────────────────────


def test_new_bulletins_use_the_newest_edition_and_older_ones_keep_theirs(desks: Desks) -> None:
    by = desks.actor("clerk")
    first = desks.drafted()
    assert first.template.added_by is None
    edition = add_template(by=by, name="D:\\模板\\市通报.docx", content=PLAIN, note="改了标题")
    assert (edition.number, edition.name) == (first.template.number + 1, "市通报.docx")
    second = desks.drafted()
    assert second.template == edition
    assert [p.text for p in Document(BytesIO(word_of(second))).paragraphs] == [second.title]
    void_template(by=by, template=edition, reason="版式不对")
    assert desks.drafted().template == first.template
    edition.refresh_from_db()
    with pytest.raises(ValidationError, match="已经作废"):
        void_template(by=by, template=edition, reason="再作废")
    assert Document(BytesIO(word_of(second))).paragraphs[0].text == second.title


def test_only_the_writers_send_templates_in(desks: Desks) -> None:
    for who in ("office", "chief"):
        with pytest.raises(PermissionDenied):
            add_template(by=desks.actor(who), name="x.docx", content=PLAIN)
    template = desks.drafted().template
    with pytest.raises(PermissionDenied):
        void_template(by=desks.actor("office"), template=template, reason="不用了")


def test_a_templates_file_is_never_exchanged(desks: Desks) -> None:
    template = desks.drafted().template
    with pytest.raises(DatabaseError), transaction.atomic():
        BulletinTemplate.objects.filter(pk=template.pk).update(content=PLAIN)


def test_the_house_template_opens_as_a_zip_without_links() -> None:
    with ZipFile(BytesIO(house_template())) as package:
        rels = [package.read(name) for name in package.namelist() if name.endswith(".rels")]
    assert not [one for one in rels if b"External" in one]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("{%p for part in opening %}", "有 for 没有 endfor"),
        ("{%p if day %}", "有 if 没有 endif"),
        ("{{ title } }", "标记里有认不出的字符"),
    ],
)
def test_what_is_not_closed_is_said_in_chinese(lines: str, told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_template(docx_saying(lines), SAMPLE)
    assert f"（{told}）" in refused.value.messages[0]

"""The answer as a Word paper: salutation, paragraphs, and where each figure comes from."""

from __future__ import annotations

from typing import Any

from targets.papers.word import WordPaper
from yiyang.lib.xml_text import xml_text

NOTES_HEADING = "附注：答复所用数字的出处（供核对，印发时可略）"


def reply_docx(content: dict[str, Any], *, is_draft: bool) -> bytes:
    """The paper; a draft says so above its title and leaves number and date to the office."""
    paper = WordPaper()
    if is_draft:
        paper.marking("送审稿")
    paper.document.core_properties.title = xml_text(content["title"])
    paper.title(content["title"])
    paper.addressee(content["proposer"])
    for pieces in content["paragraphs"]:
        paper.paragraph("".join(marked(piece) for piece in pieces))
    paper.signature(content["lead"])
    paper.note(f"办理结果：{content['result']}")
    if content["assistants"]:
        paper.note(f"会办单位：{'、'.join(content['assistants'])}")
    if content["answered_on"]:
        letter = f"，复函文号：{content['letter']}" if content["letter"] else ""
        paper.note(f"答复日期：{content['answered_on']}{letter}")
    if content["notes"]:
        paper.note(NOTES_HEADING)
        for note in content["notes"]:
            paper.note(f"注{note['number']}：{note['text']}（门户地址 {note['address']}）")
    return paper.to_bytes()


def marked(piece: dict[str, Any]) -> str:
    """A piece of text, with the mark of its note where it has one."""
    return f"{piece['text']}（注{piece['note']}）" if piece["note"] else str(piece["text"])

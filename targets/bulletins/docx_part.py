"""One XML part of a Word file, heard element by element: nothing in it fetches, embeds or runs.

What counts is what a parser hears, not the bytes: “Ext&#101;rnal” is External as well.
"""

from __future__ import annotations

import re
from io import BytesIO

from yiyang.lib.xlsx.parts import MAX_DEPTH, Attributes, BrokenWorkbookError, feed, local

ACTIVE = "文件里有宏、控件或嵌入的对象，没有收下；请另存为不含宏的 .docx 再传。"
LINKED = "文件里链接了外部的模板、图片或对象，没有收下；请断开链接或改为嵌入图片再传。"
BAD_FIELD = (
    "文件里的域“{told}”不收：只能用页码、日期、目录、引用这类域，域里不能写占位符。"
    "请在 Word 里按 Alt+F9 找到它，删去再传。"
)
# 取外面的文件、执行命令的（DDE、INCLUDEPICTURE、INCLUDETEXT、LINK、MACROBUTTON……）都不在内。
FIELDS = frozenset(
    (
        *("PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "REF", "NOTEREF", "STYLEREF"),
        *("SEQ", "TOC", "TC", "HYPERLINK", "DATE", "TIME", "CREATEDATE", "SAVEDATE", "PRINTDATE"),
        *("TITLE", "AUTHOR", "FILENAME", "IF", "=", "EQ", "SYMBOL"),
    )
)
ACTIVE_KINDS = frozenset(
    (
        *("oleobject", "package", "afchunk", "control", "activexcontrolbinary", "vbaproject"),
        *("wordvbadata", "attachedtoolbars", "subdocument", "frame", "video", "audio", "media"),
    )
)
ACTIVE_ELEMENTS = frozenset(["OLEObject", "control", "altChunk", "subDoc", "movie"])
ACTIVE_TYPE = re.compile("macro|vba|activex|oleobject", re.IGNORECASE)
WEB = r"(?:https?://|mailto:)"
ON_THE_WEB = re.compile(WEB, re.IGNORECASE)
ELSEWHERE = re.compile(r"\s*(?:\w+:)?[\\/]{2}")
KEYWORD = re.compile(r"\s*(=|\w+)")
HARMLESS_LINK = re.compile(rf'\s*HYPERLINK\s+(?:\\l\s|"{WEB})', re.IGNORECASE)
SHOWN = 30


class ForbiddenError(Exception):
    """The part holds what no template may; the message says what."""


def check_part(data: bytes) -> None:
    """ForbiddenError in words where the part links, embeds or runs anything."""
    heard = _Part()
    for _ in feed(BytesIO(data), heard):
        pass
    heard.at_the_end()


class _Part:
    """What hears a part; a field's instruction stands between its begin and its separate or end."""

    is_done = False

    def __init__(self) -> None:
        self._depth = 0
        # 一层一个没完的域；指令说完了的是 None。
        self._fields: list[list[str] | None] = []

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BrokenWorkbookError
        known = {local(key): value for key, value in attributes.items()}
        if local(name) == "Relationship":
            _check_relationship(known)
        elif local(name) in ACTIVE_ELEMENTS or ACTIVE_TYPE.search(known.get("ContentType", "")):
            raise ForbiddenError(ACTIVE)
        elif any(ELSEWHERE.match(known.get(key, "")) for key in ("src", "href")):
            raise ForbiddenError(LINKED)
        self._check_fields(local(name), known)

    def end(self, name: str) -> None:
        self._depth -= 1

    def text(self, text: str, /) -> None:
        if self._fields and (said := self._fields[-1]) is not None:
            said.append(text)

    def heard(self) -> int:
        return 0

    def at_the_end(self) -> None:
        """A field nobody ended is judged all the same."""
        for said in self._fields:
            _check_instruction(said)

    def _check_fields(self, name: str, attributes: Attributes) -> None:
        is_told = any(said is not None for said in self._fields)
        if is_told and any("{" in value for value in attributes.values()):
            raise ForbiddenError(BAD_FIELD.format(told="{"))
        if name == "instrText" and not is_told:
            raise BrokenWorkbookError
        if name == "fldSimple":
            _check_instruction([attributes.get("instr", "")])
        elif name == "fldChar":
            self._at_mark(attributes.get("fldCharType", ""))

    def _at_mark(self, mark: str) -> None:
        if mark == "begin":
            self._fields.append([])
        elif mark not in ("separate", "end") or not self._fields:
            raise BrokenWorkbookError
        else:
            _check_instruction(self._fields.pop())
            if mark == "separate":
                self._fields.append(None)


def _check_instruction(said: list[str] | None) -> None:
    """Its first word decides; markup in it could put another word first when filled in."""
    if said is None:
        return
    told = "".join(said)
    keyword = KEYWORD.match(told)
    word = keyword[1].upper() if keyword else ""
    is_bad_link = word == "HYPERLINK" and not HARMLESS_LINK.match(told)
    if word not in FIELDS or "{" in told or is_bad_link:
        raise ForbiddenError(BAD_FIELD.format(told=told.strip()[:SHOWN]))


def _check_relationship(attributes: Attributes) -> None:
    kind = attributes.get("Type", "").rpartition("/")[2].lower()
    if kind in ACTIVE_KINDS:
        raise ForbiddenError(ACTIVE)
    if attributes.get("TargetMode", "Internal") == "Internal":
        return
    # 读者自己点开的网页链接无妨。
    if kind != "hyperlink" or not ON_THE_WEB.match(attributes.get("Target", "")):
        raise ForbiddenError(LINKED)

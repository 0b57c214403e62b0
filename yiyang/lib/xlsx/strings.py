"""The shared strings of a workbook, kept outside memory and read only as far as they are asked."""

import os
import re
import tempfile
from array import array
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from zipfile import ZipFile

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yiyang.lib.xlsx.parts import (
    MAX_DEPTH,
    Attributes,
    BrokenWorkbookError,
    feed,
    find_part,
    local,
)

PATH = "xl/sharedStrings.xml"
IN_MEMORY = 8 * 1024 * 1024
SEALED_TOGETHER = 64
OPENED_BLOCKS = 2048
SEPARATOR = "\0"  # XML 里不可能有这个字符
BLANK = " \t\r\n"
# 办公软件把 XML 写不下的字符记成 _x000D_；不是字符的（半个代理对、FFFE、FFFF）照原样留着。
ESCAPED = re.compile(r"_x((?![dD][89a-fA-F]|[fF]{3}[eEfF])[0-9a-fA-F]{4})_")


def unescaped(text: str) -> str:
    """The text with _x000A_ and the like turned back into characters."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class Texts:
    """Hears rich text: the runs of one string joined, its phonetic guide left out."""

    def __init__(self, ending: str) -> None:
        self.is_done = False
        self.complete: list[str] = []
        self._ending = ending
        self._runs: list[str] = []
        self._pieces: list[str] = []
        self._depth, self._guides = 0, 0
        self._keeps_blanks = False
        self.text = self._pieces.append

    def start(self, name: str, attributes: Attributes) -> None:
        self._pieces.clear()
        name = local(name)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BrokenWorkbookError
        if name == "t":
            self._keeps_blanks = attributes.get("xml:space") == "preserve"
        elif name == "rPh":
            self._guides += 1

    def end(self, name: str) -> None:
        name = local(name)
        self._depth -= 1
        if name == "t" and not self._guides:
            text = "".join(self._pieces)
            self._runs.append(text if self._keeps_blanks else text.strip(BLANK))
        elif name == "rPh":
            self._guides -= 1
        elif name == self._ending:
            self.complete.append("".join(self._runs))
            self._runs.clear()

    def heard(self) -> int:
        return sum(map(len, self._pieces)) + sum(map(len, self._runs)) + len(self._runs)


class SharedStrings:
    """The strings by their numbers.

    Most sheets number their strings as they first use them, so they are read beside the sheet.
    They wait in a file that has no name, sealed with a key nobody keeps: they are people's names
    and numbers.
    """

    def __init__(self, archive: ZipFile) -> None:
        self._source = _strings(archive)
        self._known = 0
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - close() 关掉
        self._starts = array("Q", [0])
        self._cipher = AESGCM(os.urandom(32))
        self._opened = lru_cache(OPENED_BLOCKS)(self._open)

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise BrokenWorkbookError
        while number >= self._known:
            self._seal_more()
        return self._opened(number // SEALED_TOGETHER)[number % SEALED_TOGETHER]

    def close(self) -> None:
        """Drop them all."""
        self._file.close()
        self._opened.cache_clear()

    def _seal_more(self) -> None:
        block = list(islice(self._source, SEALED_TOGETHER))
        if not block:
            raise BrokenWorkbookError
        number = len(self._starts) - 1
        sealed = self._cipher.encrypt(_nonce(number), SEPARATOR.join(block).encode(), None)
        self._file.seek(self._starts[-1])
        self._file.write(sealed)
        self._starts.append(self._starts[-1] + len(sealed))
        self._known += len(block)

    def _open(self, block: int) -> list[str]:
        start, end = self._starts[block : block + 2]
        self._file.seek(start)
        sealed = self._file.read(end - start)
        texts = self._cipher.decrypt(_nonce(block), sealed, None).decode().split(SEPARATOR)
        return [unescaped(text) for text in texts]


def _nonce(block: int) -> bytes:
    return block.to_bytes(12, "big")


def _strings(archive: ZipFile) -> Iterator[str]:
    name = find_part(archive, PATH)
    if name is None:
        return
    texts = Texts(ending="si")
    with archive.open(name) as member:
        for _ in feed(member, texts):
            yield from texts.complete
            texts.complete.clear()

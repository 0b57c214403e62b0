"""The XML parts of a workbook, fed to expat a block at a time; what could do harm is refused."""

from collections.abc import Iterator
from typing import IO, Protocol
from xml.parsers import expat
from zipfile import ZipFile

BLOCK_BYTES = 64 * 1024
# 一个标签、一格文字都不会这么长；expat 得把没完的标签整个留在内存里，每来一块重读一遍。
MAX_TOKEN_BYTES = 1024 * 1024
MAX_DEPTH = 100
MAX_SMALL_PART_BYTES = 64 * 1024 * 1024

Attributes = dict[str, str]


class BrokenWorkbookError(Exception):
    """A workbook that no office program writes."""


class Listener(Protocol):
    """What hears the elements of a part, by their names without prefix."""

    is_done: bool

    def start(self, name: str, attributes: Attributes) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str, /) -> object: ...
    def heard(self) -> int: ...


def local(name: str) -> str:
    """The name without its prefix: some programs write <x:row> for <row>."""
    return name.rpartition(":")[2]


def find_part(archive: ZipFile, path: str) -> str | None:
    """The member of that name, whatever its capitals."""
    wanted = path.lower()
    return next((name for name in archive.namelist() if name.lower() == wanted), None)


def read_part(archive: ZipFile, path: str, listener: Listener) -> None:
    """Have a small part heard to its end; a part that is not there says nothing."""
    name = find_part(archive, path)
    if name is None:
        return
    if archive.getinfo(name).file_size > MAX_SMALL_PART_BYTES:
        raise BrokenWorkbookError
    with archive.open(name) as member:
        for _ in feed(member, listener):
            pass


def feed(member: IO[bytes], listener: Listener) -> Iterator[None]:
    """Have a part heard block by block, until it ends or the listener has heard enough."""
    parser = _new_parser(listener)
    fed = 0
    while not listener.is_done and (block := member.read(BLOCK_BYTES)):
        parser.Parse(block)
        fed += len(block)
        if fed - parser.CurrentByteIndex > MAX_TOKEN_BYTES or listener.heard() > MAX_TOKEN_BYTES:
            raise BrokenWorkbookError
        yield
    if not listener.is_done:
        parser.Parse(b"", True)
        yield


def _new_parser(listener: Listener) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = listener.start
    parser.EndElementHandler = listener.end
    parser.CharacterDataHandler = listener.text
    # 办公软件从不写 DTD；实体（外部文件、层层展开）只能在它里面声明。
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def _refuse(*_: object) -> int:
    raise BrokenWorkbookError

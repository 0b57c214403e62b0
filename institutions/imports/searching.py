"""Finding the stored sheets in which certain people stand, by number or by name."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from institutions.imports.files import PIECE_BYTES, FileGoneError, open_file
from institutions.imports.registry import register_named
from institutions.models import ImportBatch
from yiyang.lib.crypto import MIDDLE_DOTS, SealError, normalised
from yiyang.lib.identifiers import check_digit
from yiyang.lib.sheets import read_rows

# 电话至少七位，可带国别码；身份证号末位可能是 X。
NUMBER = re.compile(r"(?:(?:00)?86(?=1[0-9]{10}(?![0-9])))?([0-9]{7,}X?)")
NUMBER_BYTES = re.compile(rb"[0-9]{17}[0-9Xx]")
WORD = re.compile(r"[^\W\d_]+(?:·[^\W\d_]+)*")
BETWEEN_DIGITS = str.maketrans("", "", " -()—–")
ID_LENGTH = 18
OVERLAP = 64


@dataclass(frozen=True, slots=True, repr=False)
class Sought:
    """The ID numbers, names and telephones of whoever is looked for, as they are compared."""

    id_numbers: frozenset[str]
    names: frozenset[str]
    phones: frozenset[str]

    @classmethod
    def of(
        cls, *, id_numbers: Iterable[str], names: Iterable[str], phones: Iterable[str]
    ) -> Sought:
        return cls(
            frozenset(normalised(one) for one in id_numbers if one),
            frozenset(normalised(one) for one in names if one),
            frozenset(normalised(one).translate(BETWEEN_DIGITS) for one in phones if one),
        )

    def __repr__(self) -> str:
        # 默认的 repr 会把明文写进日志和出错页。
        return "Sought(…)"

    def __bool__(self) -> bool:
        return bool(self.id_numbers or self.names or self.phones)

    def is_named_in(self, cells: Iterable[str], *, by_number_only: bool = False) -> bool:
        """Whether a line is about one of them.

        Namesakes and households share names and telephones, so in a line with somebody else's ID
        number only the ID number counts.
        """
        text = unicodedata.normalize("NFKC", "\n".join(cells)).upper().translate(MIDDLE_DOTS)
        tight = text.translate(BETWEEN_DIGITS)
        numbers = set(NUMBER.findall(tight))
        if numbers & self.id_numbers:
            return True
        if by_number_only or any(_is_id_number(one) for one in numbers):
            return False
        words = {*WORD.findall(text), *tight.split("\n")}
        return bool(numbers & self.phones or words & self.names)

    def is_numbered_in(self, file: IO[bytes]) -> bool:
        """Whether an ID number stands anywhere in the file, in sheets no import reads too."""
        return any(
            not self.id_numbers.isdisjoint(
                one.decode().upper() for one in NUMBER_BYTES.findall(block)
            )
            for block in _blocks_of(file)
        )


def sheets_naming(sought: Sought, *, after: int = 0) -> Iterator[ImportBatch]:
    """Stored sheets of batches later than `after` that name anyone sought, or cannot be read."""
    stored = ImportBatch.objects.filter(wrapped_key__isnull=False, pk__gt=after).order_by("pk")
    if sought:
        yield from (batch for batch in list(stored) if _names(batch, sought))


def _names(batch: ImportBatch, sought: Sought) -> bool:
    register = register_named(batch.register)
    # 机构的登记里只有经办、联系人的姓名和电话，相同不算；证件号在哪份登记里都算。
    by_number_only = register is not None and not register.is_personal
    if sought.is_named_in((batch.file_name,)):
        return True
    try:
        file = open_file(batch)
        return any(
            sought.is_named_in(row.cells, by_number_only=by_number_only) for row in read_rows(file)
        ) or sought.is_numbered_in(file)
    except FileGoneError:
        return False
    except (ValueError, SealError):
        # 读不下去，就说不清里面有谁：按有处理。
        return True


def _is_id_number(number: str) -> bool:
    return len(number) == ID_LENGTH and check_digit(number[:-1]) == number[-1]


def _blocks_of(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of the file, or of every part of a workbook; UTF-16 digits read as plain ones."""
    file.seek(0)
    if not zipfile.is_zipfile(file):
        file.seek(0)
        yield from _overlapping(file)
        return
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            with archive.open(member) as part:
                yield from _overlapping(part)


def _overlapping(part: IO[bytes]) -> Iterator[bytes]:
    tail = b""
    while block := part.read(PIECE_BYTES):
        yield (tail + block).replace(b"\0", b"")
        tail = block[-OVERLAP:]

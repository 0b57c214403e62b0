"""The text of an answer: the clerk's paragraphs with {1}, {2} where the sentences stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MARK = re.compile(r"\{\s*(\d{1,2})\s*\}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; a sentence made from figures carries the number of its footnote."""

    text: str
    note: int | None = None


Paragraph = tuple[Piece, ...]


def marks_in(text: str) -> list[int]:
    """The numbers the text asks for, each once, in their order."""
    return list(dict.fromkeys(int(found) for found in MARK.findall(text)))


def unknown_marks(text: str, known: Mapping[int, str]) -> list[int]:
    """The numbers asked for that no figure has."""
    return [number for number in marks_in(text) if number not in known]


def paragraphs_of(text: str, sentences: Mapping[int, str]) -> list[Paragraph]:
    """The text in paragraphs with each mark replaced; a mark without a figure stays as it is."""
    lines = [line.strip().strip("\u3000") for line in text.splitlines()]
    return [_pieces(line, sentences) for line in lines if line]


def _pieces(line: str, sentences: Mapping[int, str]) -> Paragraph:
    pieces, at = [], 0
    for found in MARK.finditer(line):
        number = int(found[1])
        if number not in sentences:
            continue
        pieces += [Piece(line[at : found.start()]), Piece(sentences[number], number)]
        at = found.end()
    pieces.append(Piece(line[at:]))
    return tuple(piece for piece in pieces if piece.text)

"""In which forms each kind of paper is printed, from its stored content alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from targets.models import Paper, PaperKind


@dataclass(frozen=True, slots=True)
class PaperForm:
    """One file a paper can be had as; `render` reads the paper and nothing else."""

    suffix: str
    title: str
    content_type: str
    render: Callable[[Paper], bytes]


@dataclass(frozen=True, slots=True)
class PaperForms:
    """The page of a kind of paper and its files."""

    template: str
    forms: tuple[PaperForm, ...]

    def form(self, suffix: str) -> PaperForm | None:
        return next((form for form in self.forms if form.suffix == suffix), None)


_forms: dict[PaperKind, PaperForms] = {}


def register_forms(
    kind: PaperKind,
    *,
    template: str,
    forms: Sequence[PaperForm],
) -> None:
    """Say how papers of the kind are printed; once, from AppConfig.ready()."""
    _forms[kind] = PaperForms(template, tuple(forms))


def kinds_printed() -> list[PaperKind]:
    """The kinds of paper there are, in their order."""
    return [kind for kind in PaperKind if kind in _forms]


def forms_of(kind: str) -> PaperForms:
    """How papers of the kind are printed. KeyError where nobody has said so."""
    return _forms[PaperKind(kind)]

"""Storing what a run measured by COPY: its figures as one row of arrays per region."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.conf import settings
from django.db import connection
from django.db.models import Model

from targets.indicators.base import Indicator
from targets.indicators.calculation import Row, Tree
from targets.indicators.guarding import guarded_rows
from targets.indicators.slots import FigureRow
from targets.models import IndicatorDefinition, IndicatorRun, RegionFigures


def store_figures(
    run: IndicatorRun,
    catalogue: Sequence[Indicator],
    figures: Mapping[int, FigureRow],
    tree: Tree,
) -> None:
    """Store every region's figures, and on the run which definitions stand at which place."""
    guarded = guarded_rows(catalogue, figures, tree, settings.SMALL_CELL_LIMIT)
    run.definition_ids = _definition_ids(catalogue)
    run.save(update_fields=["definition_ids"])
    copy_rows(
        RegionFigures,
        ("run_id", "region_id", *FigureRow._fields, "guarded"),
        (
            (run.pk, region, *_arrays(row), _array(guarded.get(region, ())))
            for region, row in figures.items()
        ),
    )


def copy_rows(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[int | str]]
) -> None:
    """Write plain rows of numbers and codes by COPY."""
    lines = "\n".join("\t".join(map(str, row)) for row in rows)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN", io.StringIO(lines)
        )


def _arrays(row: FigureRow) -> Iterator[str]:
    yield _array(row.numerators)
    yield _array(row.denominators)
    for counts in (row.excluded, row.missing, row.expected):
        # 村社多半没有排除和缺报：全零存作空数组，视图读作零。
        yield _array(counts) if any(counts) else "{}"


def _array(numbers: Row) -> str:
    return "{" + ",".join(map(str, numbers)).replace("None", "NULL") + "}"


def _definition_ids(catalogue: Sequence[Indicator]) -> list[int]:
    """The stored text of every reading in catalogue order, added when its digest is new."""
    IndicatorDefinition.objects.bulk_create(
        [
            IndicatorDefinition(
                digest=record.digest,
                indicator=record.code,
                reading=record.reading,
                text=record.text,
            )
            for record in catalogue
        ],
        ignore_conflicts=True,
    )
    wanted = [record.digest for record in catalogue]
    stored = dict(IndicatorDefinition.objects.filter(digest__in=wanted).values_list("digest", "pk"))
    return [stored[digest] for digest in wanted]

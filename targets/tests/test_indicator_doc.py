"""docs/indicators.md says what the catalogue says."""

from targets.indicators.document import as_markdown
from targets.management.commands.write_indicator_doc import PATH


def test_the_indicator_document_is_fresh() -> None:
    assert PATH.read_text(encoding="utf-8") == as_markdown(), (
        "docs/indicators.md 已过时，请运行 manage.py write_indicator_doc。"
    )

"""docs/quality.md says what the checks say."""

from targets.management.commands.write_quality_doc import PATH
from targets.quality.document import as_markdown


def test_the_quality_document_is_fresh() -> None:
    assert PATH.read_text(encoding="utf-8") == as_markdown(), (
        "docs/quality.md 已过时，请运行 manage.py write_quality_doc。"
    )

"""Which of this app's resources another system may write."""

from institutions.api import writing_institutions, writing_reports
from yiyang.api.writing import register_writing


def register_writings() -> None:
    register_writing("institutions", writing_institutions.WRITING)
    register_writing("licences", writing_reports.LICENCES)
    register_writing("beds", writing_reports.BEDS)
    register_writing("occupancies", writing_reports.OCCUPANCIES)

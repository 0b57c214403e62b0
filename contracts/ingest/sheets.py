"""The sheets of agreements: headings as offices write them, read as text."""

from __future__ import annotations

from contracts.actions import enter_agreement
from contracts.models import AgreementMode, ServiceItem
from institutions.ingest.registers import Cell, RegisterSheet
from institutions.ingest.sheets import institution_of, one_of, optional, some_of
from yiyang.lib.sheets import half_width_digits, parse_date

AGREEMENTS = RegisterSheet(
    name="agreements",
    title="协议台账",
    cells=(
        Cell("协议编号", "number", half_width_digits),
        Cell("医疗方编码", "medical", institution_of),
        Cell("养老方编码", "elderly", institution_of),
        Cell("合作方式", "mode", one_of(AgreementMode)),
        Cell("生效日期", "starts_on", parse_date),
        Cell("到期日期", "expires_on", optional(parse_date), is_required=False),
        Cell("签订日期", "signed_on", optional(parse_date), is_required=False),
        Cell("服务项目", "items", some_of(ServiceItem), is_required=False),
    ),
    enter=enter_agreement,
)
SHEETS = (AGREEMENTS,)

"""The sheet of sign-ups: who, where they live, with which team, from when to when."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from contracts.imports.key_groups import masked_groups, read_groups
from contracts.models import FamilyDoctorSignup
from institutions.ingest.admitting import EDIT_HEALTH
from institutions.ingest.cells import REGION_ALSO, code_up_to, date_of, text_up_to, yes_or_no
from institutions.ingest.registers import Cell, RegisterSheet
from yiyang.access.scope import Actor
from yiyang.dated import Written
from yiyang.lib.identifiers import half_width, phone
from yiyang.lib.masking import mask_id, mask_name, mask_phone

LONGEST_NAME = 60
# 一份表里的日期只有几百个：读过的记住。
remembered_date = lru_cache(maxsize=8192)(date_of)


def _name(text: str) -> str:
    name = "".join(text.split())
    if not 1 < len(name) <= LONGEST_NAME:
        raise ValueError(f"须为 2—{LONGEST_NAME} 个字的全名，请核对。")
    return name


def _as_typed(text: str) -> str:
    return half_width(text)


def _phone(text: str) -> str:
    return phone(text) if text else ""


def _optional_date(text: str) -> Any:
    return remembered_date(text) if text else None


def _set_by_set(**_: Any) -> Written:
    raise TypeError("签约整批写入，不逐行经动作。")


def _held(actor: Actor) -> int:
    signups = FamilyDoctorSignup.objects.visible_to(actor).in_force(actor.day)
    return signups.values("person").distinct().count()


SIGNUPS = RegisterSheet(
    name="signups",
    title="老年人签约",
    cells=(
        # 证件号在查重时才核对：每份表要核对很多，读一遍就够。
        Cell(
            "身份证号",
            "id_number",
            _as_typed,
            also=("身份证", "证件号", "证件号码", "身份证号码", "公民身份号码"),
            is_code=True,
            mask=mask_id,
        ),
        Cell("姓名", "name", _name, also=("居民姓名", "签约居民", "老人姓名"), mask=mask_name),
        Cell(
            "联系电话",
            "phone",
            _phone,
            False,
            ("电话", "手机", "手机号", "联系方式", "手机号码"),
            is_code=True,
            mask=mask_phone,
        ),
        Cell(
            "居住地区划代码", "region", _as_typed, False, ("区划代码", *REGION_ALSO), is_code=True
        ),
        Cell("居住起始日期", "resides_from", _optional_date, False, ("入住日期", "迁入日期")),
        Cell("团队编码", "team", code_up_to(32), also=("团队编号", "团队代码"), is_code=True),
        Cell("签约日期", "signed_on", remembered_date, also=("签订日期", "签约时间")),
        Cell("生效日期", "starts_on", _optional_date, False, ("起始日期", "服务开始日期")),
        Cell(
            "到期日期", "expires_on", remembered_date, also=("截止日期", "有效期至", "服务结束日期")
        ),
        Cell("期满自动续约", "auto_renews", yes_or_no, False, ("自动续约", "是否自动续约")),
        Cell("解约日期", "terminated_on", _optional_date, False, ("终止日期",)),
        Cell("解约原因", "termination_reason", text_up_to(200), False, ("终止原因",)),
        Cell(
            "重点人群",
            "key_groups",
            read_groups,
            False,
            ("重点人群类型", "重点人群类别", "人群分类", "人群类别"),
            mask=masked_groups,
        ),
    ),
    enter=_set_by_set,
    needs=frozenset({EDIT_HEALTH}),
    keys=frozenset({"id_number", "starts_on"}),
    held=_held,
)
NOTE = (
    "按身份证号认人：没有登记过的人会新建档案（60 岁及以上），新档案须填居住地区划代码；"
    "生效日期留空即为签约日期；同一人同一生效日的签约按本表更正；"
    "接着同一团队上一份签约的记作续签。重点人群只增不减，自签约生效日起归入；"
    "限制类人群页面不显示，随新签约或有变更的行登记。"
)

"""Say whose personal data is due for destruction; destroy it only for a second person."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contracts.destruction import carry_out, confirm_destruction, plan_destruction
from contracts.models import DestructionPlan, RetentionGround
from contracts.retention import due
from contracts.sheets import count_sheets
from yiyang.access.models import User

EVERY = 1000


class Command(BaseCommand):
    help = (
        "保存期满的个人信息：默认只说要做什么；--plan --by 经办 写成计划，"
        "--confirm 计划号 --by 另一人 才销毁；--resume 接着做半途停下的计划。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--plan", action="store_true", help="说明要做什么；带 --by 时写成计划")
        chosen.add_argument("--confirm", type=int, metavar="计划号", help="确认并销毁")
        chosen.add_argument("--resume", action="store_true", help="接着做已确认、半途停下的计划")
        parser.add_argument("--by", help="以谁的名义：用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        self.today = timezone.localdate()
        try:
            if options["confirm"] is not None:
                self._confirm(options["confirm"], _user(options["by"]))
            elif options["resume"]:
                self._resume()
            else:
                self._say_what_is_due()
                if options["plan"] and options["by"]:
                    self._plan(_user(options["by"]))
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        except PermissionDenied as error:
            raise CommandError(str(error)) from error

    def _say_what_is_due(self) -> None:
        found = due(self.today)
        counts = Counter(one.ground for one in found)
        self._say(f"截至 {self.today}，保存期满 {counts.total()} 人。")
        for ground, persons in counts.items():
            self._say(f"  {RetentionGround(ground).label}：{persons} 人")
        self._say("将销毁：数据密钥、姓名、身份证号、电话及检索值；日志里的旧值随之打不开。")
        sheets = count_sheets([one.person_id for one in found])
        self._say(f"将清除：写有这些人的导入文件 {sheets} 份，连同逐行预览；没有办完的一并取消。")
        self._say("保留：区划、出生与各项日期、性别、服务记录；历次统计数不变。此事不可撤销。")

    def _plan(self, by: User) -> None:
        plan = plan_destruction(by=by, as_of=self.today)
        self._say(f"已写成计划 {plan.pk}（{plan.items.count()} 人），请另一人核对后运行：")
        self._say(f"  destroy_persons --confirm {plan.pk} --by 用户名")

    def _confirm(self, number: int, by: User) -> None:
        plan = DestructionPlan.objects.filter(pk=number).first()
        if plan is None:
            raise CommandError(f"没有销毁计划 {number}：请先用 --plan --by 用户名 制定。")
        confirm_destruction(by=by, plan=plan)
        self._carry_out(plan)

    def _resume(self) -> None:
        plans = list(DestructionPlan.objects.unfinished())
        for plan in plans:
            self._carry_out(plan)
        if not plans:
            self._say("没有半途停下的销毁计划。")

    def _carry_out(self, plan: DestructionPlan) -> None:
        def say(done: int) -> None:
            if done % EVERY == 0:
                self._say(f"已销毁 {done} 人")

        result = carry_out(plan=plan, as_of=self.today, say=say)
        self._say(f"计划 {plan.pk}：已销毁 {result.persons} 人。")
        if result.sheets:
            self._say(f"写有这些人的导入文件 {result.sheets} 份已清除。")
        if result.spared:
            self._say(f"{len(result.spared)} 人不再到期，未动；到期后会出现在新计划里。")
        self._say("旧备份里还有当时的数据密钥：请运行 rotate_keys 换主密钥，并移除旧主密钥。")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _user(username: str | None) -> User:
    if not username:
        raise CommandError("请用 --by 用户名 说明是谁。")
    user: User | None = User.objects.filter(username=username.strip().lower()).first()
    if user is None:
        raise CommandError(f"没有账号 {username}，请核对用户名。")
    return user

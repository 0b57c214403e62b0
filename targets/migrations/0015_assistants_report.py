"""Those that assist in an order may say how their part stands."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

VERBS = [
    ("OPEN", "立项"),
    ("AMEND", "修改"),
    ("WITHDRAW", "不予立项"),
    ("ASSIGN", "交办"),
    ("SIGN", "签收"),
    ("FEEDBACK", "反馈"),
    ("ASSIST", "协办反馈"),
    ("SUBMIT", "申请销号"),
    ("CLOSE", "销号"),
    ("RETURN", "退回"),
    ("CHASE", "催办"),
    ("PAUSE", "暂停计时（补正）"),
    ("RESUME", "恢复计时"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0014_papers_of_parts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="supervisionevent",
            name="verb",
            field=models.CharField(choices=VERBS, max_length=10, verbose_name="办理"),
        ),
        migrations.AddField(
            model_name="supervisionevent",
            name="assistant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="targets.supervisionassistant",
                verbose_name="反馈的协办单位",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionevent",
            constraint=models.CheckConstraint(
                condition=Q(verb="ASSIST", assistant__isnull=False)
                | (~Q(verb="ASSIST") & Q(assistant=None)),
                name="targets_event_assist_names_the_unit",
                violation_error_message="协办反馈须写明是哪个协办单位的。",
            ),
        ),
    ]

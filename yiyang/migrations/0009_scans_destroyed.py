"""Scans may be destroyed after their retention; that there was one stays known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("yiyang", "0008_api_tokens"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="destroyed_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="销毁时间"
            ),
        ),
        migrations.AlterField(
            model_name="attachmentcontent",
            name="wrapped",
            field=models.BinaryField(null=True, verbose_name="包裹的密钥"),
        ),
        migrations.AlterField(
            model_name="attachmentcontent",
            name="sealed",
            field=models.BinaryField(null=True, verbose_name="密文"),
        ),
        migrations.AddConstraint(
            model_name="attachmentcontent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sealed", None), ("wrapped", None)),
                    models.Q(("sealed__isnull", False), ("wrapped__isnull", False)),
                    _connector="OR",
                ),
                name="yiyang_attachmentcontent_key_and_bytes",
                violation_error_message="附件的密钥与密文须同在，或一并销毁。",
            ),
        ),
    ]

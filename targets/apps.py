"""The targets app."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "targets"
    verbose_name = "目标"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # 模型在 ready() 之前才装好，所以在这里导入。
        from targets.work import FINDINGS, MISSING_REPORTS  # noqa: PLC0415
        from yiyang.work import register_work  # noqa: PLC0415

        for source in (*MISSING_REPORTS, FINDINGS):
            register_work(source)

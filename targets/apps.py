"""The targets app."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "targets"
    verbose_name = "目标"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # 模型在 ready() 之前才装好，所以在这里导入。
        from targets.joining import join  # noqa: PLC0415

        join()

"""The project package as an installed app."""

from django.apps import AppConfig


class YiyangConfig(AppConfig):
    name = "yiyang"
    verbose_name = "门户"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let sign-ins reach the audit."""
        from yiyang.audit.signing_in import listen  # noqa: PLC0415  # 模型就绪之后才能导入

        listen()

"""The institutions app."""

from django.apps import AppConfig

from yiyang.access.scope import register_grant_source


class InstitutionsConfig(AppConfig):
    name = "institutions"
    verbose_name = "登记"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from institutions.access import grants_held  # noqa: PLC0415 - models load before ready()

        register_grant_source(grants_held)

"""The project package as an installed app."""

from django.apps import AppConfig


class YiyangConfig(AppConfig):
    name = "yiyang"
    verbose_name = "门户"
    default_auto_field = "django.db.models.BigAutoField"

"""The project package as an installed app."""

from django.apps import AppConfig


class YiyangConfig(AppConfig):
    name = "yiyang"
    verbose_name = "门户"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # 模型在 ready() 之前才装好，所以在这里导入。
        from yiyang.access.departures import register_departure  # noqa: PLC0415
        from yiyang.access.panels import AccountPanel, register_account_panel  # noqa: PLC0415
        from yiyang.api.changes import CODE, TITLE  # noqa: PLC0415
        from yiyang.api.feed_kinds import register_feed  # noqa: PLC0415
        from yiyang.api.pages import tokens_panel  # noqa: PLC0415
        from yiyang.api.resources import (  # noqa: PLC0415
            register_read_scope,
            register_resources,
            register_write_scope,
        )
        from yiyang.api.tokens import take_back_all  # noqa: PLC0415
        from yiyang.api.webhooks.documents import CODE as NOTICES  # noqa: PLC0415
        from yiyang.api.webhooks.documents import TITLE as OF_NOTICES  # noqa: PLC0415
        from yiyang.api.webhooks.keys import SECRETS  # noqa: PLC0415
        from yiyang.api.webhooks.panels import SUBSCRIPTIONS  # noqa: PLC0415
        from yiyang.attachments.keys import FILES  # noqa: PLC0415
        from yiyang.holidays.api import KINDS, RESOURCES  # noqa: PLC0415
        from yiyang.keys import register_keys  # noqa: PLC0415

        register_departure(take_back_all)
        register_account_panel(AccountPanel("tokens", "api/token_panel.html", tokens_panel))
        register_account_panel(SUBSCRIPTIONS)
        register_resources(RESOURCES)
        register_keys(FILES)
        register_feed(KINDS)
        register_read_scope(CODE, TITLE)
        register_write_scope(NOTICES, OF_NOTICES)
        register_keys(SECRETS)

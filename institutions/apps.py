"""The institutions app."""

from django.apps import AppConfig

from yiyang.access.scope import register_grant_source


class InstitutionsConfig(AppConfig):
    name = "institutions"
    verbose_name = "登记"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # 模型在 ready() 之前才装好，所以在这里导入。
        from institutions.access import grants_held, keep_token_regions, token_regions  # noqa: PLC0415
        from institutions.api.feed import join_api  # noqa: PLC0415
        from institutions.api.writings import join_writing  # noqa: PLC0415
        from institutions.attachments import ATTACHMENTS, INSTITUTION_FILES  # noqa: PLC0415
        from institutions.grant_pages import grants_panel  # noqa: PLC0415
        from institutions.imports.registers import register_imports  # noqa: PLC0415
        from institutions.lists.places import register_places  # noqa: PLC0415
        from institutions.merging.work import MERGE, MERGES_TO_DECIDE  # noqa: PLC0415
        from institutions.panels import register_panel  # noqa: PLC0415
        from institutions.request_panel import REQUESTS  # noqa: PLC0415
        from institutions.request_work import DIFFERENCES, RETURNED, TO_CHECK  # noqa: PLC0415
        from institutions.status_pages import STATUS_CHANGE  # noqa: PLC0415
        from institutions.uploads.work import NOT_RECONCILED  # noqa: PLC0415
        from institutions.work import LICENCES_ENDING  # noqa: PLC0415
        from yiyang.access.panels import AccountPanel, register_account_panel  # noqa: PLC0415
        from yiyang.api.tokens import register_token_regions  # noqa: PLC0415
        from yiyang.attachments.holders import register_holder  # noqa: PLC0415
        from yiyang.work import register_work  # noqa: PLC0415

        register_grant_source(grants_held)
        register_token_regions(of=token_regions, keep=keep_token_regions)
        join_api()
        join_writing()
        register_holder(INSTITUTION_FILES)
        for panel in (ATTACHMENTS, STATUS_CHANGE, MERGE, REQUESTS):
            register_panel(panel)
        register_account_panel(
            AccountPanel("grants", "institutions/grant_panel.html", grants_panel)
        )
        register_imports()
        for source in (
            *(TO_CHECK, RETURNED, DIFFERENCES, NOT_RECONCILED),
            *(LICENCES_ENDING, MERGES_TO_DECIDE),
        ):
            register_work(source)
        register_places()

"""The targets app."""

from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "targets"
    verbose_name = "目标"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # 模型在 ready() 之前才装好，所以在这里导入。
        from contracts.agreements.panels import register_agreement_panel  # noqa: PLC0415
        from institutions.effects import register_readings  # noqa: PLC0415
        from institutions.panels import register_panel  # noqa: PLC0415
        from targets.api.resources import join_api  # noqa: PLC0415
        from targets.explain.agreement_standing import STANDING  # noqa: PLC0415
        from targets.explain.standing import standing_in_readings  # noqa: PLC0415
        from targets.gap.merging import register_contact_notes  # noqa: PLC0415
        from targets.lists.places import register_places  # noqa: PLC0415
        from targets.panels import READINGS  # noqa: PLC0415
        from targets.policies.work import POLICY_WORK  # noqa: PLC0415
        from targets.supervision.attachments import SUPERVISION_FILES  # noqa: PLC0415
        from targets.supervision.work import SUPERVISION_WORK  # noqa: PLC0415
        from targets.taskboard.attachments import TASK_FILES  # noqa: PLC0415
        from targets.taskboard.grant_pages import bureaus_panel  # noqa: PLC0415
        from targets.taskboard.work import TASK_WORK  # noqa: PLC0415
        from targets.work import FINDINGS, MISSING_REPORTS  # noqa: PLC0415
        from yiyang.access.panels import AccountPanel, register_account_panel  # noqa: PLC0415
        from yiyang.attachments.holders import register_holder  # noqa: PLC0415
        from yiyang.work import register_work  # noqa: PLC0415

        join_api()
        register_agreement_panel(STANDING)
        register_contact_notes()
        work = (*MISSING_REPORTS, FINDINGS, *POLICY_WORK, *TASK_WORK, *SUPERVISION_WORK)
        for source in work:
            register_work(source)
        register_account_panel(
            AccountPanel("bureaus", "targets/bureau_grant_panel.html", bureaus_panel)
        )
        register_panel(READINGS)
        register_holder(SUPERVISION_FILES)
        register_holder(TASK_FILES)
        register_readings(standing_in_readings)
        register_places()

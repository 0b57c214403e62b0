"""The contracts app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = "契约"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from contracts.agreements.attachments import (  # noqa: PLC0415
            AGREEMENT_FILES,
            ATTACHMENTS,
        )
        from contracts.agreements.panels import register_agreement_panel  # noqa: PLC0415
        from contracts.agreements.stopping import AGREEMENTS as STOPPING  # noqa: PLC0415
        from contracts.agreements.work import DRAFTS, PARTY_STOPPED  # noqa: PLC0415
        from contracts.api import join_api  # noqa: PLC0415
        from contracts.imports.registers import register_imports  # noqa: PLC0415
        from contracts.keys import PERSONS  # noqa: PLC0415
        from contracts.lists.places import PLACES  # noqa: PLC0415
        from contracts.merging_institutions import register_movers  # noqa: PLC0415
        from contracts.models import PartnershipAgreement  # noqa: PLC0415
        from contracts.panels import AGREEMENTS, agreements_of  # noqa: PLC0415 - models load before ready()
        from contracts.work import EXPIRING, SIGNUPS_ENDING  # noqa: PLC0415
        from institutions.consequences import register_consequence  # noqa: PLC0415
        from institutions.history import register_history  # noqa: PLC0415
        from institutions.panels import register_panel  # noqa: PLC0415
        from yiyang.attachments.holders import register_holder  # noqa: PLC0415
        from yiyang.keys import register_keys  # noqa: PLC0415
        from yiyang.listing.places import add_place  # noqa: PLC0415
        from yiyang.work import register_work  # noqa: PLC0415

        join_api()
        register_history(PartnershipAgreement, agreements_of)
        register_panel(AGREEMENTS)
        register_consequence(STOPPING)
        register_movers()
        register_holder(AGREEMENT_FILES)
        register_agreement_panel(ATTACHMENTS)
        for source in (EXPIRING, DRAFTS, PARTY_STOPPED, SIGNUPS_ENDING):
            register_work(source)
        register_imports()
        register_keys(PERSONS)
        for place in PLACES:
            add_place(place)

"""What of agreements, teams and care follows an institution that is merged into another."""

from contracts.models import (
    DoctorTeam,
    HealthManagement,
    HomeSickbed,
    PartnershipAgreement,
    PersonResidence,
)
from institutions.merging.movers import Mover, register_mover

MOVERS = (
    Mover(PartnershipAgreement, "medical_id", "协议（作为医疗方）"),
    Mover(PartnershipAgreement, "elderly_id", "协议（作为养老方）"),
    Mover(DoctorTeam, "institution_id", "家庭医生团队（连同所签的人）", is_checked=False),
    Mover(HealthManagement, "institution_id", "健康管理记录", is_checked=False),
    Mover(PersonResidence, "institution_id", "入住的人", is_checked=False),
    Mover(HomeSickbed, "institution_id", "家庭病床", is_checked=False),
)


def register_movers() -> None:
    """Let these rows follow an institution that is merged into another."""
    for mover in MOVERS:
        register_mover(mover)

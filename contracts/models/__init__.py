"""契约: agreements, teams, persons, sign-ups and the care given."""

from contracts.models.agreements import (
    AgreementMode,
    AgreementSerial,
    AgreementState,
    PartnershipAgreement,
    ServiceItem,
)
from contracts.models.care import HealthManagement, HomeSickbed
from contracts.models.destruction import DestructionItem, DestructionPlan, RetentionGround
from contracts.models.disclosures import (
    ExportColumn,
    PersonExport,
    Reveal,
    RevealField,
    RevealReason,
)
from contracts.models.persons import (
    KeyGroup,
    KeyGroupMembership,
    Person,
    PersonKey,
    PersonResidence,
    ResidenceKind,
    Sex,
)
from contracts.models.signups import (
    AggregateGroup,
    DoctorTeam,
    FamilyDoctorSignup,
    SignupAggregate,
    SignupService,
    TeamArea,
)

__all__ = [
    "AggregateGroup",
    "AgreementMode",
    "AgreementSerial",
    "AgreementState",
    "DestructionItem",
    "DestructionPlan",
    "DoctorTeam",
    "ExportColumn",
    "FamilyDoctorSignup",
    "HealthManagement",
    "HomeSickbed",
    "KeyGroup",
    "KeyGroupMembership",
    "PartnershipAgreement",
    "Person",
    "PersonExport",
    "PersonKey",
    "PersonResidence",
    "ResidenceKind",
    "RetentionGround",
    "Reveal",
    "RevealField",
    "RevealReason",
    "ServiceItem",
    "Sex",
    "SignupAggregate",
    "SignupService",
    "TeamArea",
]

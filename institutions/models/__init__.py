"""登记: the registers of institutions and regions."""

from institutions.models.capacity import BedBasis, BedCount, BedRegister, Occupancy, StaffCount
from institutions.models.grants import InstitutionGrant, RegionGrant, TokenRegion
from institutions.models.imports import (
    ColumnMatch,
    ImportBatch,
    ImportPage,
    ImportPiece,
    ImportState,
    RowKind,
)
from institutions.models.institutions import (
    Department,
    ElderlyKind,
    Grade,
    Institution,
    InstitutionContact,
    InstitutionProfile,
    Licence,
    LicenceKind,
    Ownership,
    Status,
)
from institutions.models.maps import MapFile
from institutions.models.merges import InstitutionMerge, MergeState
from institutions.models.notes import Note
from institutions.models.pilots import PilotProject
from institutions.models.regions import (
    FormerRegionName,
    Population,
    PopulationBasis,
    PopulationGroup,
    Region,
    RegionLevel,
    RegionPlacement,
    RegionSuccession,
    SuccessionKind,
)
from institutions.models.requests import ChangeRequest, RequestState, Side
from institutions.models.services import (
    CareService,
    ChannelStep,
    GreenChannel,
    InsuranceDesignation,
    InsuranceScheme,
    ServiceForm,
)
from institutions.models.turns import ScopeTurn, TurnMark
from institutions.models.uploads import RegisterUpload, UploadRow, UploadState

__all__ = [
    "BedBasis",
    "BedCount",
    "BedRegister",
    "CareService",
    "ChangeRequest",
    "ChannelStep",
    "ColumnMatch",
    "Department",
    "ElderlyKind",
    "FormerRegionName",
    "Grade",
    "GreenChannel",
    "ImportBatch",
    "ImportPage",
    "ImportPiece",
    "ImportState",
    "Institution",
    "InstitutionContact",
    "InstitutionGrant",
    "InstitutionMerge",
    "InstitutionProfile",
    "InsuranceDesignation",
    "InsuranceScheme",
    "Licence",
    "LicenceKind",
    "MapFile",
    "MergeState",
    "Note",
    "Occupancy",
    "Ownership",
    "PilotProject",
    "Population",
    "PopulationBasis",
    "PopulationGroup",
    "Region",
    "RegionGrant",
    "RegionLevel",
    "RegionPlacement",
    "RegionSuccession",
    "RegisterUpload",
    "RequestState",
    "RowKind",
    "ScopeTurn",
    "ServiceForm",
    "Side",
    "StaffCount",
    "Status",
    "SuccessionKind",
    "TokenRegion",
    "TurnMark",
    "UploadRow",
    "UploadState",
]

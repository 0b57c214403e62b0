"""目标: policies, targets and the measured figures."""

from targets.models.bureau_grants import BureauGrant
from targets.models.findings import QualityFinding
from targets.models.gaps import ContactNote
from targets.models.plans import Plan, PlanFigure, PlanStatus, PlanStep, StepKind
from targets.models.policies import (
    Bureau,
    BureauName,
    Confirmation,
    EntryState,
    PolicyClause,
    PolicyDocument,
    PolicyTask,
    TaskBureau,
    TaskMode,
    TaskRole,
    ValidityStatus,
)
from targets.models.revisions import RevisionState, TargetRevision
from targets.models.runs import (
    IndicatorDefinition,
    IndicatorRun,
    IndicatorSnapshot,
    NightMark,
    RegionFigures,
    RunPart,
    RunStatus,
)
from targets.models.supervision import (
    Basis,
    Frequency,
    Supervision,
    SupervisionAssistant,
    SupervisionEvent,
    SupervisionKind,
    SupervisionPause,
    SupervisionState,
    SupervisionVerb,
    Urgency,
)
from targets.models.targets import Comparator, Milestone, Target
from targets.models.taskboard import (
    ReportKind,
    TaskMilestone,
    TaskProgress,
    TaskReport,
    TaskState,
)

__all__ = [
    "Basis",
    "Bureau",
    "BureauGrant",
    "BureauName",
    "Comparator",
    "Confirmation",
    "ContactNote",
    "EntryState",
    "Frequency",
    "IndicatorDefinition",
    "IndicatorRun",
    "IndicatorSnapshot",
    "Milestone",
    "NightMark",
    "Plan",
    "PlanFigure",
    "PlanStatus",
    "PlanStep",
    "PolicyClause",
    "PolicyDocument",
    "PolicyTask",
    "QualityFinding",
    "RegionFigures",
    "ReportKind",
    "RevisionState",
    "RunPart",
    "RunStatus",
    "StepKind",
    "Supervision",
    "SupervisionAssistant",
    "SupervisionEvent",
    "SupervisionKind",
    "SupervisionPause",
    "SupervisionState",
    "SupervisionVerb",
    "Target",
    "TargetRevision",
    "TaskBureau",
    "TaskMilestone",
    "TaskMode",
    "TaskProgress",
    "TaskReport",
    "TaskRole",
    "TaskState",
    "Urgency",
    "ValidityStatus",
]

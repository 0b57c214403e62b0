"""目标: policies, targets and the measured figures."""

from targets.models.policies import (
    Bureau,
    BureauName,
    Confirmation,
    PolicyClause,
    PolicyDocument,
    PolicyTask,
    TaskBureau,
    TaskMode,
    TaskRole,
    ValidityStatus,
)
from targets.models.runs import (
    IndicatorDefinition,
    IndicatorRun,
    IndicatorSnapshot,
    RunStatus,
)
from targets.models.targets import Comparator, Milestone, Target

__all__ = [
    "Bureau",
    "BureauName",
    "Comparator",
    "Confirmation",
    "IndicatorDefinition",
    "IndicatorRun",
    "IndicatorSnapshot",
    "Milestone",
    "PolicyClause",
    "PolicyDocument",
    "PolicyTask",
    "RunStatus",
    "Target",
    "TaskBureau",
    "TaskMode",
    "TaskRole",
    "ValidityStatus",
]

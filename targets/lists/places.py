"""The lists of this app whose filters may be saved."""

from targets.lists.progress import PROGRESS
from targets.lists.supervisions import SUPERVISIONS
from targets.lists.tasks import TASKS

PLACES = (TASKS.place, PROGRESS.place, SUPERVISIONS.place)

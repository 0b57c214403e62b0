"""The lists of this app whose filters may be saved."""

from targets.lists.bulletins import BULLETINS
from targets.lists.papers import PAPERS
from targets.lists.progress import PROGRESS
from targets.lists.proposals import PROPOSALS
from targets.lists.returns import RETURNS
from targets.lists.supervisions import SUPERVISIONS
from targets.lists.tasks import TASKS
from yiyang.listing.places import add_place

PLACES = (
    TASKS.place,
    PROGRESS.place,
    SUPERVISIONS.place,
    PAPERS.place,
    RETURNS.place,
    BULLETINS.place,
    PROPOSALS.place,
)


def register_places() -> None:
    """Let filters of these lists be saved."""
    for place in PLACES:
        add_place(place)

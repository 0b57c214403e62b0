"""The kinds of records of this app that the feed of changes tells of."""

from __future__ import annotations

from institutions.api.resources import RESOURCES
from institutions.api.seating import SEATS
from yiyang.api.feed_kinds import FeedKind, register_feed, register_seats
from yiyang.api.resources import register_resources

_BY_CODE = {resource.code: resource for resource in RESOURCES}
SEATED = ("licences", "beds", "occupancies", "staff")
EVERYWHERE = ("regions", "placements", "populations")

KINDS = (
    FeedKind(_BY_CODE["identities"], seats=("id",), merged_into="merged_into"),
    # 概况随自己的区划走，不随机构；机构整家作废时，概况一并不见。
    FeedKind(
        _BY_CODE["profiles"],
        held_by=("institution",),
        within={"institutions_institution": "institution"},
    ),
    *(FeedKind(_BY_CODE[code], seats=("institution",)) for code in SEATED),
    *(FeedKind(_BY_CODE[code]) for code in EVERYWHERE),
)


def join_api() -> None:
    """Put this app's resources into the API, and its records and seats into the feed."""
    register_resources(RESOURCES)
    register_feed(KINDS)
    register_seats(SEATS)

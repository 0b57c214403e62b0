"""A toy replica at the other office: a dict for each resource, kept in step by the feed alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from yiyang.api.feed_kinds import all_kinds
from yiyang.tests.api.callers import Caller, every_code, make_caller

EVER = "2100-12-31"
Held = dict[str, dict[int, dict[str, Any]]]
CHANGES = "changes"


def make_follower(*regions: str, reads: tuple[str, ...] = ()) -> Caller:
    """A caller that may read the feed, of every resource unless told otherwise."""
    return make_caller(regions=regions, reads=[*(reads or every_code()), CHANGES])


@dataclass
class Replica:
    """What the other office holds, and the number it has read up to."""

    caller: Caller
    after: int = 0
    held: Held = field(default_factory=lambda: defaultdict(dict))
    resyncs: int = 0

    def follow(self, limit: Callable[[], int] = lambda: 100) -> list[dict[str, Any]]:
        """Read to the head; everything that was told on the way."""
        return [one for page in self.pages(limit) for one in page["results"]]

    def pages(self, limit: Callable[[], int]) -> Iterator[dict[str, Any]]:
        more = True
        while more:
            page = self.page(limit())
            yield page
            more = page["more"]

    def page(self, limit: int) -> dict[str, Any]:
        answer = self.caller.get("changes/", {"after": self.after, "limit": limit})
        page: dict[str, Any] = answer.json()
        if answer.status_code == 410:
            self.held, self.after = full_pull(self.caller), page["after"]
            self.resyncs += 1
            return {"results": [], "more": True, "after": self.after}
        assert answer.status_code == 200, page
        for one in page["results"]:
            self.apply(one)
        assert page["after"] >= self.after
        self.after = page["after"]
        return page

    def apply(self, one: dict[str, Any]) -> None:
        records = self.held[one["resource"]]
        if one["operation"] in ("tombstone", "merge"):
            records.pop(one["key"], None)
        else:
            assert one["document"]["id"] == one["key"]
            records[one["key"]] = one["document"]

    def differences(self) -> list[tuple[str, int]]:
        """Records that are not as a full pull of the same token gives them."""
        theirs, ours = self.held, full_pull(self.caller)
        return [
            (code, key)
            for code in ours
            for key in ours[code].keys() | theirs[code].keys()
            if ours[code].get(key) != theirs[code].get(key)
        ]


def full_pull(caller: Caller) -> Held:
    """Every register of the feed as its list gives it, whatever day its records hold on."""
    pulled: Held = defaultdict(dict)
    for kind in all_kinds():
        if kind.code in caller.token.reads:
            asked = {"as_of": EVER, "fields": ",".join(kind.names), "limit": 1000}
            found = caller.results(f"{kind.code}/", **asked)
            pulled[kind.code] = {one["id"]: one for one in found}
    return pulled

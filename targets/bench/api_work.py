"""The API's answers timed in one process, view by view, without a network in between."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from django.db import connection
from django.http import HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.views import APIView

from institutions.api.resources import RESOURCES
from institutions.models import InstitutionProfile
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.api.changes import ChangesView
from yiyang.api.documents import expression_of, with_documents
from yiyang.api.models import ApiToken
from yiyang.api.resources import read_scopes, resource_of, write_scopes
from yiyang.api.tokens import actor_of_token, issue_token
from yiyang.api.views import JSON, ApiView, ListView
from yiyang.api.write_views import BulkView
from yiyang.audit.context import audited_request
from yiyang.changelog.context import SYSTEM
from yiyang.changelog.models import ChangeNumber

WARM_UPS, REPEATS = 3, 15
FEW_REPEATS = 3
DEPTH = 99
PAGE = 100
CHANGES = 1000
INSTITUTIONS = RESOURCES[0]
HERE = "127.0.0.0/8"
NDJSON = "application/x-ndjson"
BULK, FIRST_DAY = 1000, date(2020, 1, 1)
BED_NUMBERS = """
SELECT setval(pg_get_serial_sequence('institutions_bedcount', 'id'), max(id))
FROM institutions_bedcount"""
INSERT_BEDS = """
INSERT INTO institutions_bedcount (void_reason, institution_id, counted_on, register, basis, total,
    nursing, rehabilitation, hospice, day_care, in_both, in_both_care)
SELECT '', one, %(day)s, 'CIVIL_AFFAIRS', 'ACTUAL', 50, 20, 0, 0, 0, 0, 0
FROM unnest(%(keys)s::bigint[]) one"""
SAME_JSON = "数据库直接写出同样的 JSON"
Answer = Callable[[], Any]


class FloorView(ApiView):
    """The same page of JSON as one statement of bare SQL, behind the same door."""

    statement: tuple[str, tuple[Any, ...]] = ("", ())

    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(*self.statement)
            [(text,)] = cursor.fetchall()
        return HttpResponse(text, content_type=JSON)


class OpenDoor:
    """A view without authentication, throttle and audit; the actor is given."""

    token: ApiToken | None = None

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        assert self.token is not None
        request._request.actor = actor_of_token(self.token, timezone.localdate())  # noqa: TID251
        renderer = self.renderer_classes[0]  # type: ignore[attr-defined]
        request.accepted_renderer, request.accepted_media_type = renderer(), renderer.media_type

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        return APIView.finalize_response(self, *args, **kwargs)  # type: ignore[arg-type]


class OpenList(OpenDoor, ListView):
    """The list without its door."""


class OpenFloor(OpenDoor, FloorView):
    """The floor without its door."""


def timed(peak_mb: Callable[[], float]) -> dict[str, Any]:
    """Each way of reading with its floor."""
    caller = Caller()
    parts = (_lists(caller), _sync(caller), _changes(caller), _bulk(caller))
    return {"lines": [{**line, "peak_mb": peak_mb()} for part in parts for line in part]}


class Caller:
    """A client account with a token for everything."""

    def __init__(self) -> None:
        today = timezone.localdate()  # noqa: TID251 - 令牌今天起可用
        account = User(
            username="bench-client",
            display_name="测速接口",
            role=Role.CIVIL_AFFAIRS_CLIENT,
            password_set_on=today,
            must_change_password=False,
        )
        account.set_unusable_password()
        account.save()
        self.token, self.text = issue_token(
            by=SYSTEM,
            user=account,
            name="测速",
            reads=[code for code, _ in read_scopes()],
            writes=[code for code, _ in write_scopes()],
            regions=[],
            networks=[HERE],
            on=today,
            expires_on=today + timedelta(days=1),
        )
        self.requests = RequestFactory(
            headers={"Authorization": f"Bearer {self.text}"}, SERVER_NAME="127.0.0.1"
        )

    def answer(self, view: Any, query: str = "", accept: str = "application/json") -> Answer:
        """One call, from the request to the last byte."""

        def call() -> bytes:
            request = self.requests.get(f"/api/v1/bench/?{query}", headers={"Accept": accept})
            with audited_request(request):
                response: HttpResponseBase = view(request)
                assert response.status_code == 200, response  # noqa: PLR2004
                if response.streaming:
                    return b"".join(response)
                return bytes(response.content)  # type: ignore[attr-defined]

        return call

    def send(self, view: Any, rows: list[dict[str, Any]]) -> None:
        """Send a batch of rows to a view that writes."""
        body = json.dumps({"rows": rows})
        request = self.requests.post("/api/v1/bench/", body, content_type="application/json")
        with audited_request(request):
            response = view(request)
        assert response.status_code == 200, response.content[:300]  # noqa: PLR2004


def _lists(caller: Caller) -> Iterator[dict[str, Any]]:
    """A page of 100 with its door, without, far down, and Datasette's of the same rows."""
    list_view = ListView.as_view(resource=INSTITUTIONS)
    statement = _statement(caller)
    floor_view = FloorView.as_view(resource=INSTITUTIONS, statement=statement)
    floor = _best(caller.answer(floor_view))
    ours = _best(caller.answer(list_view, f"limit={PAGE}"))
    yield _line("api.list", ours, floor, SAME_JSON)
    yield _line("api.list.datasette", _datasette(caller), floor, SAME_JSON)
    open_list = OpenList.as_view(resource=INSTITUTIONS, token=caller.token)
    open_floor = OpenFloor.as_view(resource=INSTITUTIONS, statement=statement, token=caller.token)
    yield _line(
        "api.list.open",
        _best(caller.answer(open_list, f"limit={PAGE}")),
        _best(caller.answer(open_floor)),
        f"{SAME_JSON}，都不认证、不限流、不审计",
    )
    far = _rows(caller).values_list(INSTITUTIONS.key, flat=True)
    deep = far[far.count() * DEPTH // 100]
    deeper = _best(caller.answer(list_view, f"limit={PAGE}&after={deep}"))
    yield _line("api.list.deep", deeper, ours, "第一页")


def _sync(caller: Caller) -> Iterator[dict[str, Any]]:
    """The whole register as NDJSON beside a bare COPY of the same columns."""
    view = ListView.as_view(resource=INSTITUTIONS)
    ours = _best(caller.answer(view, "", NDJSON), FEW_REPEATS)
    yield _line("api.sync", ours, _best(lambda: _copied(caller), FEW_REPEATS), "COPY 同样的列")


def _changes(caller: Caller) -> Iterator[dict[str, Any]]:
    """A page of 1,000 changes at the beginning of the log and near its end."""
    view = ChangesView.as_view()
    head = ChangeNumber.objects.highest()
    first = _best(caller.answer(view, f"limit={CHANGES}&after=0"), FEW_REPEATS)
    yield _line("api.changes", first, first, "自己")
    far = max(head * DEPTH // 100 - CHANGES, 0)
    deep = _best(caller.answer(view, f"limit={CHANGES}&after={far}"), FEW_REPEATS)
    yield _line("api.changes.deep", deep, first, "日志开头的一页")


def _bulk(caller: Caller) -> Iterator[dict[str, Any]]:
    """A thousand reports of beds, new each time, beside one bare INSERT of such rows."""
    view = BulkView.as_view(resource=resource_of("beds"))
    homes = InstitutionProfile.objects.elderly_service().values_list(
        "institution_id", "institution__code"
    )[:BULK]
    keys, codes = zip(*homes, strict=True)
    with connection.cursor() as cursor:  # 生成的行自带编号，序列还没有跟上
        cursor.execute(BED_NUMBERS)
    days = (FIRST_DAY + timedelta(days=number) for number in count())
    ours = _best(lambda: caller.send(view, _beds(codes, next(days))), FEW_REPEATS)
    bare = _best(lambda: _inserted(keys, next(days)), FEW_REPEATS)
    yield _line("api.bulk", ours, bare, "一条 INSERT 写入同样的 1,000 行，含变更日志")


def _beds(codes: Sequence[str], day: date) -> list[dict[str, Any]]:
    same = {"counted_on": day.isoformat(), "register": "CIVIL_AFFAIRS", "basis": "ACTUAL"}
    return [{"institution": code, **same, "total": 50, "nursing": 20} for code in codes]


def _inserted(keys: Sequence[int], day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT_BEDS, {"keys": list(keys), "day": day})


def _rows(caller: Caller) -> Any:
    today = timezone.localdate()  # noqa: TID251 - 与接口一样看今天
    actor = actor_of_token(caller.token, today)
    return INSTITUTIONS.rows(actor, today).order_by(INSTITUTIONS.key)


def _statement(caller: Caller) -> tuple[str, tuple[Any, ...]]:
    """The page as the database would write it on its own."""
    texts = with_documents(_rows(caller)[:PAGE], INSTITUTIONS, INSTITUTIONS.field_names)
    sql, params = texts.query.sql_with_params()
    whole = f"SELECT '{{\"results\": [' || string_agg(one, ',') || ']}}' FROM ({sql}) page(one)"
    return whole, params


def _columns(caller: Caller) -> tuple[str, tuple[Any, ...]]:
    fields = INSTITUTIONS.fields
    named = {f"_{name}": expression_of(field) for name, field in fields.items()}
    sql, params = _rows(caller).annotate(**named).values_list(*named).query.sql_with_params()
    return str(sql), params


def _copied(caller: Caller) -> int:
    sql, params = _columns(caller)
    with connection.cursor() as cursor:
        query = cursor.mogrify(sql, params).decode()
        out = io.BytesIO()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT", out)
    return out.tell()


def _datasette(caller: Caller) -> float:
    """Datasette's own first page of the same rows, kept in SQLite."""
    names = INSTITUTIONS.field_names
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        _to_sqlite(path, names, caller)
        return asyncio.run(_asked_of_datasette(path))


def _to_sqlite(path: Path, names: tuple[str, ...], caller: Caller) -> None:
    sql, params = _columns(caller)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = [[None if one is None else str(one) for one in row] for row in cursor.fetchall()]
    kept = sqlite3.connect(path)
    kept.execute(f"CREATE TABLE institutions ({', '.join(names)}, PRIMARY KEY (code))")
    kept.executemany(f"INSERT INTO institutions VALUES ({', '.join('?' * len(names))})", rows)
    kept.commit()
    kept.close()


async def _asked_of_datasette(path: Path) -> float:
    served = Datasette([str(path)], settings={"default_page_size": PAGE})
    seconds = []
    for _ in range(WARM_UPS + REPEATS):
        started = time.perf_counter()
        answer = await served.client.get("/bench/institutions.json?_shape=objects")
        assert len(answer.json()["rows"]) == PAGE
        seconds.append(time.perf_counter() - started)
    return round(min(seconds[WARM_UPS:]), 5)


def _line(name: str, seconds: float, floor: float, words: str) -> dict[str, Any]:
    return {"name": name, "seconds": seconds, "floor_seconds": floor, "floor": words}


def _best(work: Answer, repeats: int = REPEATS) -> float:
    seconds = []
    for _ in range(WARM_UPS + repeats):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return round(min(seconds[WARM_UPS:]), 5)

"""JSON log lines from the standard library, without query strings."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime

# 姓名、证件号码常随查询串进日志；问号之后到空白或引号为止一律抹去。
_QUERY_STRING = re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*")
_EVENT_IDS = ("actor", "batch", "event", "run", "task")


def without_query_strings(text: str) -> str:
    """Return the text with every query string cut at its question mark."""
    return _QUERY_STRING.sub("?…", text)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: when, level, logger, message, ids given by `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_query_strings(record.getMessage()),
        }
        for name in (*_EVENT_IDS, "status_code"):
            if name in record.__dict__:
                entry[name] = record.__dict__[name]
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = type(record.exc_info[1]).__name__
            entry["at_lines"] = _code_lines(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False, default=str)


def _code_lines(error: BaseException) -> list[str]:
    """Return file:line of each frame; the error's own text may quote a person's row."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]

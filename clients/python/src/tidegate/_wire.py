"""Text of the wire, errors, and waiting times after errors."""

import json
import random
import re
import sys
from collections.abc import Callable
from typing import Any

DEEPER = 4000  # A message can be nested more deeply than Python's own recursion limit allows.


class TidegateError(Exception):
    """An error with a `code`: one of the server's codes, or of this client's (see the README)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


def check_topic(topic: str) -> None:
    if not isinstance(topic, str) or not re.fullmatch(r"[A-Za-z0-9._:-]{1,128}", topic):
        raise TidegateError("invalid-topic", f"{topic!r:.140}; allowed are 1 to 128 of A-Z a-z 0-9 . _ : -")


def encode(value: Any) -> str:
    try:
        text: str = _deep(lambda: json.dumps(value, allow_nan=False, ensure_ascii=False))
        text.encode()  # Half of a surrogate pair is not text.
        return text
    except (TypeError, ValueError, RecursionError) as cause:
        raise TidegateError("invalid-frame", f"it must be JSON: {cause}") from cause


def decode(text: str | bytes) -> Any:
    return _deep(lambda: json.loads(text))


def jitter(attempt: int) -> float:
    """Full jitter: the seconds to wait after this number of failures."""
    return random.uniform(0, min(10.0, 0.5 * 2.0 ** min(attempt, 9)))


def _deep(work: Callable[[], Any]) -> Any:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(limit + DEEPER)
    try:
        return work()
    finally:
        sys.setrecursionlimit(limit)

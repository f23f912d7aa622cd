"""The API for back ends, over HTTP. Every write has an id, so it can be repeated until it is answered."""

import json
import random
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

ATTEMPTS = 5
JSON = {"Content-Type": "application/json"}


class ApiError(Exception):
    """A refusal of a server, with the text of its problem document; status 0 means that no server answered."""

    def __init__(self, status: int, title: str, detail: str = "", retry_after: float = 0.0) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status, self.title, self.detail, self.retry_after = status, title, detail, retry_after


class Published(NamedTuple):
    topic: str
    position: str
    timestamp: int


class Tidegate:
    """`url` is the URL of `tidegate.api.port`, `key` one of `tidegate.api.keys`. Threads can share an instance."""

    def __init__(self, url: str, key: str, *, timeout: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"url: {url!r} must be http:// or https:// with a host, and no path")
        self._new = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._address, self._timeout, self._key, self._local = parts.netloc, timeout, key, threading.local()

    def publish(self, topic: str, message: Any, *, id: str | None = None, user: str | None = None) -> Published:
        """After it returns, every subscriber gets the message once, also if the call is repeated with the same `id`."""
        path = f"topics/{quote(topic, '')}/messages{_query(user=user)}"
        headers = {**JSON, "Idempotency-Key": id or uuid.uuid4().hex}
        return Published(**self._ask("POST", path, _json(message), headers))

    def batch(self, messages: Iterable[Mapping[str, Any]]) -> list[Published | ApiError]:
        """Entries have `topic`, `message` and optionally `user` and `id`. Results are in the order of the entries."""
        entries = [{"id": uuid.uuid4().hex, **entry} for entry in messages]
        results: list[Any] = [None] * len(entries)
        for attempt in range(ATTEMPTS):
            left = [index for index, one in enumerate(results) if one is None or one["status"] == 503]
            if not left:
                break
            time.sleep(random.uniform(0, 0.1 * 2**attempt) if attempt else 0)
            answers = self._ask("POST", "messages", _json([entries[index] for index in left]), JSON)
            for index, answer in zip(left, answers, strict=True):
                results[index] = answer
        return [Published(*(one[name] for name in Published._fields)) if one["status"] == 200 else
                ApiError(one["status"], one["title"], one["detail"]) for one in results]  # fmt: skip

    def broadcast(self, message: str | bytes) -> None:
        """Sends to all of `/`. It has no id, so it is sent once; with status 0 or 503 it may have arrived."""
        kind = "text/plain" if isinstance(message, str) else "application/octet-stream"
        data = message.encode() if isinstance(message, str) else message
        self._connection().close()  # An idle connection may have ended unnoticed.
        self._ask("POST", "broadcast", data, {"Content-Type": kind}, attempts=1)

    def history(self, topic: str, after: str | None = None, limit: int = 100) -> dict[str, Any]:
        """Returns `messages`, the `position` to continue after, and whether the answer is `complete`."""
        path = f"topics/{quote(topic, '')}/messages"
        answer: dict[str, Any] = self._ask("GET", path + _query(after=after, limit=limit))
        return answer

    def presence(self, topic: str) -> list[dict[str, Any]]:
        """The subscribed users: `user`, `connections`, `since`."""
        return list(self._pages(f"topics/{quote(topic, '')}/presence", "users"))

    def topics(self, prefix: str = "") -> Iterator[dict[str, Any]]:
        """The topics with subscribers: `topic`, `subscribers`."""
        return self._pages("topics", "topics", prefix=prefix)

    def connections(self, user: str) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self._ask("GET", f"users/{quote(user, '')}/connections")["connections"]
        return answer

    def throw_out(self, user: str | None = None, *, connection: str | None = None) -> None:
        """Closes all connections of a user, or one connection, with 4403."""
        if (user is None) == (connection is None):
            raise ValueError("throw_out takes a user or a connection")
        if user is not None:
            self._ask("DELETE", f"users/{quote(user, '')}/connections")
        else:
            self._ask("DELETE", f"connections/{quote(str(connection), '')}")

    def unsubscribe(self, user: str, topic: str) -> None:
        self._ask("DELETE", f"users/{quote(user, '')}/subscriptions/{quote(topic, '')}")

    def _pages(self, path: str, name: str, **query: Any) -> Iterator[dict[str, Any]]:
        after = None
        while True:
            answer = self._ask("GET", path + _query(after=after, **query))
            yield from answer[name]
            if not (after := answer["next"]):
                return

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {},
        attempts: int = ATTEMPTS,
    ) -> Any:  # fmt: skip
        for attempt in range(attempts):
            try:
                return self._once(method, path, body, headers)
            except ApiError as error:
                if error.status not in (0, 503) or attempt == attempts - 1:
                    raise
                time.sleep(error.retry_after + random.uniform(0, 0.1 * 2**attempt))

    def _connection(self) -> HTTPConnection:
        """The connection of this thread; it opens by itself."""
        kept: HTTPConnection | None = getattr(self._local, "kept", None)
        if not kept:
            kept = self._local.kept = self._new(self._address, timeout=self._timeout)
        return kept

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Any:
        connection = self._connection()
        try:
            connection.request(method, f"/api/{path}", body, {**headers, "Authorization": f"Bearer {self._key}"})
            response = connection.getresponse()
            data = response.read()
        except (OSError, HTTPException) as failure:
            connection.close()
            raise ApiError(0, "No answer", repr(failure)) from failure
        if response.status < 300:
            return json.loads(data) if data else None
        try:
            problem = json.loads(data)
        except ValueError:
            problem = {"title": response.reason}
        wait = response.headers.get("Retry-After", "")
        held = float(wait) if wait.isdigit() else 0.0
        raise ApiError(response.status, problem["title"], problem.get("detail", ""), held)


def _json(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False, ensure_ascii=False).encode()


def _query(**fields: Any) -> str:
    given = {name: value for name, value in fields.items() if value not in (None, "")}
    return f"?{urlencode(given)}" if given else ""

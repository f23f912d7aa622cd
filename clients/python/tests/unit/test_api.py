import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tidegate import ApiError, Published, Tidegate

KEY = "k" * 32
DONE = {"topic": "tea", "position": "p-1", "timestamp": 1}


class FakeApi(ThreadingHTTPServer):
    """Answers each request by the next answer of the script, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[tuple[int, Any] | None] = []
        self.asked: list[dict[str, Any]] = []
        self.connections = 0
        self.closes = False  # Each connection behind its answer, without a word.


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeApi

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = {"method": self.command, "path": self.path, "body": body, **dict(self.headers)}
        self.server.asked.append(asked)
        step = self.server.script.pop(0)
        self.close_connection = step is None
        if step is None:
            return
        status, answer = step
        data = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "2")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = self.server.closes

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with FakeApi() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def tidegate(api: FakeApi) -> Tidegate:
    return Tidegate(f"http://127.0.0.1:{api.server_port}", KEY)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


def test_a_publish_is_repeated_with_its_id_where_nobody_knows(
    api: FakeApi, tidegate: Tidegate, waits: list[float]
) -> None:
    api.script = [(503, {"title": "Service Unavailable", "detail": "no Redis"}), None, (200, DONE)]
    assert tidegate.publish("tea", {"ü": 1}, user="ann & ben") == Published("tea", "p-1", 1)
    assert [one["path"] for one in api.asked] == ["/api/topics/tea/messages?user=ann+%26+ben"] * 3
    assert len({one["Idempotency-Key"] for one in api.asked}) == 1
    assert api.asked[0]["Authorization"] == f"Bearer {KEY}"
    assert json.loads(api.asked[0]["body"]) == {"ü": 1}
    assert waits == [2, 0]


def test_what_is_refused_is_one_exception_and_not_repeated(api: FakeApi, tidegate: Tidegate) -> None:
    api.script = [(400, {"title": "Bad Request", "status": 400, "detail": "no such topic"})]
    with pytest.raises(ApiError) as refused:
        tidegate.publish("no topic", 1, id="mine")
    assert (refused.value.status, refused.value.title, refused.value.detail) == (400, "Bad Request", "no such topic")
    assert api.asked[0]["path"] == "/api/topics/no%20topic/messages"
    assert api.asked[0]["Idempotency-Key"] == "mine"


def test_it_gives_up_in_the_end(api: FakeApi, tidegate: Tidegate) -> None:
    api.script = [(503, {"title": "Service Unavailable"})] * 9
    with pytest.raises(ApiError, match="503"):
        tidegate.publish("tea", 1)
    assert len(api.asked) == 5
    with pytest.raises(ApiError) as nobody:
        Tidegate("http://127.0.0.1:1", KEY).topics().__next__()
    assert nobody.value.status == 0


@pytest.mark.parametrize("step", [(503, {"title": "Service Unavailable"}), None])
def test_a_broadcast_has_no_id_and_is_sent_once(api: FakeApi, tidegate: Tidegate, step: Any) -> None:
    api.script = [step, (200, {"topic": "/", "timestamp": 1}), (200, {"topic": "/", "timestamp": 1})]
    with pytest.raises(ApiError):
        tidegate.broadcast("ü")
    assert len(api.asked) == 1
    tidegate.broadcast("ü")
    tidegate.broadcast(b"\x00")
    assert [(one["body"], one["Content-Type"]) for one in api.asked[1:]] == [
        ("ü".encode(), "text/plain"), (b"\x00", "application/octet-stream"),
    ]  # fmt: skip


def test_a_broadcast_does_not_fail_by_a_connection_that_has_ended(api: FakeApi, tidegate: Tidegate) -> None:
    api.closes = True
    api.script = [(200, DONE), (200, {"topic": "/", "timestamp": 1})]
    tidegate.publish("tea", 1)
    tidegate.broadcast("once")
    assert len(api.asked) == 2


def test_a_batch_has_a_result_for_each_and_repeats_what_is_not_done(api: FakeApi, tidegate: Tidegate) -> None:
    done, bad = {"status": 200, **DONE}, {"status": 400, "title": "Bad Request", "detail": "no message"}
    later = {"status": 503, "title": "Service Unavailable", "detail": "no Redis"}
    api.script = [(200, [done, bad, later]), (200, [done])]
    good: list[dict[str, Any]] = [{"topic": "tea", "message": 1, "id": "a"}, {"topic": "x", "message": 2}]
    results = tidegate.batch([good[0], {"topic": "tea"}, good[1]])
    assert [getattr(one, "status", 200) for one in results] == [200, 400, 200]
    first, second = (json.loads(one["body"]) for one in api.asked)
    assert first[0]["id"] == "a"
    assert second == first[2:]
    assert len({one["id"] for one in first}) == 3


def test_lists_are_followed_over_their_pages(api: FakeApi, tidegate: Tidegate) -> None:
    ann, ben = ({"user": user, "connections": 1, "since": 1} for user in ("ann", "ben"))
    page = {"topic": "tea", "users": [ann], "count": 2, "next": "ann", "complete": True}
    api.script = [(200, page), (200, {**page, "users": [ben], "next": None}), (200, {"topics": [], "next": None})]
    assert tidegate.presence("tea") == [ann, ben]
    assert list(tidegate.topics("t")) == []
    assert [one["path"] for one in api.asked] == [
        "/api/topics/tea/presence", "/api/topics/tea/presence?after=ann", "/api/topics?prefix=t",
    ]  # fmt: skip


def test_people_are_named_as_a_url_has_them(api: FakeApi, tidegate: Tidegate) -> None:
    api.script = [(204, None), (204, None), (204, None), (200, {"connections": [], "complete": True})]
    tidegate.throw_out("a/b")
    tidegate.throw_out(connection="pod:1")
    tidegate.unsubscribe("ä", "tea")
    assert tidegate.connections("ann") == []
    assert [(one["method"], one["path"]) for one in api.asked] == [
        ("DELETE", "/api/users/a%2Fb/connections"), ("DELETE", "/api/connections/pod%3A1"),
        ("DELETE", "/api/users/%C3%A4/subscriptions/tea"), ("GET", "/api/users/ann/connections"),
    ]  # fmt: skip
    assert api.connections == 1
    with pytest.raises(ValueError, match="a user or a connection"):
        tidegate.throw_out()


def test_what_cannot_be_meant_is_refused_at_once(tidegate: Tidegate) -> None:
    for url in ("localhost:8090", "ws://a", "http://a/api"):
        with pytest.raises(ValueError, match="must be http://"):
            Tidegate(url, KEY)
    with pytest.raises(ValueError, match="JSON"):
        tidegate.publish("tea", float("nan"))

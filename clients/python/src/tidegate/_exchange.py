"""The frames of the connections: topics and publishes, and the answers of the server."""

from collections.abc import Callable
from typing import Any

from tidegate._link import Link
from tidegate._publish_queue import Ack, PublishQueue
from tidegate._tokens import Tokens
from tidegate._topic import Subscription
from tidegate._wire import TidegateError, encode, jitter

LATER = {"rate-limited", "relay-unavailable"}


class Exchange:
    def __init__(self, tokens: Tokens, tell: Callable[[str, Any], None]) -> None:
        self.feeds: dict[str, Subscription] = {}
        self.publish_queue = PublishQueue()
        self._tokens, self._tell = tokens, tell

    def is_live(self) -> bool:
        """Whether every topic is subscribed on the current connection."""
        for topic, feed in list(self.feeds.items()):
            if feed._is_over:
                del self.feeds[topic]
        return all(feed._state == "on" or feed._is_full for feed in self.feeds.values())

    def move(self, old: Link | None) -> None:
        """There is a new connection, on which nothing was sent yet."""
        if old:
            self.publish_queue.unsend(old)
        for feed in self.feeds.values():
            feed._state = "idle"

    def end(self, error: TidegateError) -> None:
        for feed in self.feeds.values():
            feed._end(error)
        self.publish_queue.answer_all(error)

    def following(self, link: Link) -> str | None:
        """The next frame to send; it then counts as sent. Topics come before publishes on them."""
        if link.is_paused:
            return None
        if self._tokens.present not in (None, link.token) and "expiresInMs" in link.welcome:
            link.token = self._tokens.present
            return encode({"type": "token", "token": link.token})
        for topic, known in link.topics.items():
            if known and (known._state == "full" or (known._state == "on" and known._is_over)):
                link.topics[topic], known._state = None, "idle"
                return encode({"type": "unsubscribe", "topic": topic})
        for topic, feed in self.feeds.items():
            if topic not in link.topics and not feed._is_full:
                link.topics[topic] = feed
                return encode({"type": "subscribe", "topic": topic, **feed._begin()})
        return self.publish_queue.following(link, self._waits)

    def _waits(self, topic: str) -> bool:
        """Whether a publish would arrive before its own subscription."""
        feed = self.feeds.get(topic)
        return feed is not None and feed._state == "idle" and not feed._reached

    def received(self, link: Link, frame: dict[str, Any], serves: bool) -> None:
        feed = link.topics.get(frame.get("topic", "")) if serves else None
        match frame["type"]:
            case "message" if feed and feed._state == "on":
                feed._take(frame)
            case "ack":
                link.refusals = 0
                self.publish_queue.answer(frame["id"], Ack(frame["id"], frame["topic"], frame.get("position")))
            case "subscribed" if feed:
                if feed._subscribed(frame["position"], frame["recovered"]):
                    self._tell("lost", feed.topic)
            case "unsubscribed":
                link.topics.pop(frame["topic"], None)
            case "presence" | "join" | "leave" if feed and not feed._is_over:
                feed._hear(frame)
            case "token":
                self._tokens.taken()
                self._tokens.counts(link.token, frame)
            case "error":
                self._refused(link, frame, feed)

    def _refused(self, link: Link, frame: dict[str, Any], feed: Subscription | None) -> None:
        code, answers, topic, id = (frame.get(name) for name in ("code", "answers", "topic", "id"))
        error, later = TidegateError(str(code), frame.get("message", "")), code in LATER
        if later:
            link.pause(jitter(link.refusals))
        if answers == "publish" and id is not None:
            self.publish_queue.again(id, error) if later else self.publish_queue.answer(id, error)
        elif answers == "unsubscribe" and topic in link.topics:
            del link.topics[topic]
        elif answers == "token":
            self._tokens.failed(error)
        elif feed and answers in ("subscribe", None):
            del link.topics[feed.topic]
            if code == "invalid-frame" and feed._after:  # A position of an earlier history.
                feed._subscribed(None, False)
                self._tell("lost", feed.topic)
            elif not later:
                feed._end(error)
                self._tell("error", error)
            feed._state = "idle"
        elif code != "token-expired":
            self._tell("error", error)

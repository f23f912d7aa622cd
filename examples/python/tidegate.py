"""A client of Tidegate in one file, written from docs/protocol.md alone. Python 3.11 or later, websockets 14 or later.

    async with Client("ws://localhost:8080/chat") as client:
        client.subscribe("news", lambda message: print(message["message"]))
        position = await client.publish("news", "hello")

Messages come once and in their order, over lost connections and servers that are replaced. All of it runs on one event
loop; listeners are plain functions and must not block.
"""
import asyncio
import itertools
import json
import random
import uuid

import websockets

UNANSWERED = 63  # The server reads no more behind 64; with 63 a ping still gets through.
FINAL_CODES = {1000, 1002, 1007, 1009}


class Refused(Exception):
    """The server refused a publish, and would refuse it again."""


class Topic:
    def __init__(self, listener, after, last):
        self.listener = listener
        self.position = after  # Behind which delivery goes on.
        self.begin = {"last": last} if last else {}  # How it is asked for while there is no position.
        self.seen = None  # Positions that came since a second connection was asked for the topic.
        self.alone = None  # The connection on which alone it is read, if so.


class Link:
    """One connection."""

    def __init__(self, socket):
        self.socket = socket
        self.outbox = asyncio.Queue()
        self.asked = {}  # By topic: the `after` with which it was asked for.
        self.answered = set()
        self.heartbeat = 30.0
        self.rate = 0
        self.leave_at = None

    def is_leaving(self):
        return self.leave_at is not None and asyncio.get_running_loop().time() >= self.leave_at


class Client:
    def __init__(self, url, on_lost=lambda topic: None, on_live=lambda live: None, on_error=print):
        self.url, self.on_lost, self.on_live, self.on_error = url, on_lost, on_live, on_error
        self.topics = {}
        self.unanswered = {}  # Publishes by id, in their order: the frame, and the future of its position.
        self.room = asyncio.Semaphore(UNANSWERED)
        self.ids = map((uuid.uuid4().hex + "-{}").format, itertools.count())
        self.first = self.second = None  # The connection that serves, and the one to which it is handed over.
        self.live = self.closed = False
        self.attempt, self.delay = 0, 0.0
        self.changed = asyncio.Event()
        self.tasks = set()

    async def __aenter__(self):
        self.runner = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_):
        self._close()
        self.runner.cancel()
        await asyncio.gather(*(link.socket.close() for link in (self.first, self.second) if link))

    def subscribe(self, topic, listener, after=None, last=None):
        """Calls `listener(frame)` for each message; `topics[topic].position` is what to keep for another day."""
        self.topics[topic] = Topic(listener, after, last)
        if self.first:
            self._ask(self.first, topic)

    async def publish(self, topic, message, **fields):
        """Returns the position once the message is kept; until then it is sent again after each lost connection.

        With `keep=False` it is sent once, and there is no position: None, also where it may be lost.
        """
        await self.room.acquire()
        id = next(self.ids)
        frame = {"type": "publish", "topic": topic, "message": message, "id": id, **fields}
        self.unanswered[id] = frame, asyncio.get_running_loop().create_future()
        if self.first:
            self.first.outbox.put_nowait(frame)
        try:
            return await self.unanswered[id][1]
        finally:
            del self.unanswered[id]
            self.room.release()

    def _close(self):
        self.closed = True
        self.changed.set()
        for _, position in self.unanswered.values():
            position.cancel()

    async def _run(self):
        """Opens connections: one where there is none, a second where the first is about to go."""
        while not self.closed:
            if self.first and (self.second or not self.first.is_leaving()):
                self.changed.clear()
                await self.changed.wait()
                continue
            await asyncio.sleep(self.delay)
            try:
                socket = await websockets.connect(self.url, subprotocols=["tidegate.v1"], ping_interval=None, max_size=None)
            except (OSError, TimeoutError, websockets.WebSocketException) as failure:
                headers = getattr(getattr(failure, "response", None), "headers", {})
                self._back_off(0 if self.first else float(headers.get("Retry-After", 0)))
                continue
            link = Link(socket)
            if self.first:
                self.second = link
            else:
                self.first = link
            for topic in self.topics:
                self._ask(link, topic)
            if link is self.first:
                self._send_again()
                self._settle()
            self._spawn(self._read(link))
            self._spawn(self._write(link))

    def _spawn(self, work):
        """asyncio itself does not hold a task that nobody waits for."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _back_off(self, at_least=0.0):
        self.delay = at_least + random.uniform(0, min(10, 0.5 * 2**self.attempt))
        self.attempt += 1

    def _ask(self, link, name):
        topic = self.topics[name]
        if link is self.second:
            if topic.position is None:
                return  # The first has not answered; asked without a position, the two would begin at two places.
            # What an earlier hand-over still brings twice is known, too.
            topic.seen, topic.alone = topic.seen or set(), None
        link.asked[name] = topic.position
        begin = topic.begin if topic.position is None else {"after": topic.position}
        link.outbox.put_nowait({"type": "subscribe", "topic": name, **begin})

    def _send_again(self):
        for frame, position in self.unanswered.values():
            if frame.get("keep", True):
                self.first.outbox.put_nowait(frame)
            elif not position.done():
                position.set_result(None)  # The server does not remember its id.

    async def _write(self, link):
        try:
            while True:
                frame = await link.outbox.get()
                if frame["type"] != "publish":
                    await link.socket.send(json.dumps(frame))
                elif frame["id"] in self.unanswered:
                    await asyncio.sleep(1 / link.rate if link.rate else 0)
                    await link.socket.send(json.dumps(frame))
        except websockets.ConnectionClosed:
            pass  # The reader hears of it, too.

    async def _read(self, link):
        try:
            while True:
                # Nothing at all for two heartbeats: the connection is dead.
                self._take(link, json.loads(await asyncio.wait_for(link.socket.recv(), 2 * link.heartbeat)))
        except (TimeoutError, websockets.ConnectionClosed):
            pass
        finally:
            self._ended(link)
            await link.socket.close()

    def _ended(self, link):
        link.outbox.put_nowait({"type": "end"})  # Lest the writer wait for ever: to a closed connection it cannot be sent.
        if link is self.second:
            self.second = None
            if any(topic.alone is link for topic in self.topics.values()):
                self._spawn(self.first.socket.close())  # What the first missed is asked for again.
        elif link is self.first:
            self.first, self.second = self.second, None
            if self.first:
                self._send_again()
            elif link.socket.close_code in FINAL_CODES:
                self._close()
        else:
            return  # It was left.
        self._back_off(30 if link.socket.close_code == 1008 else 0)
        self._settle()

    def _take(self, link, frame):
        kind = frame.get("type")
        if kind == "welcome":
            link.heartbeat, link.rate = frame["heartbeatMs"] / 1000, frame["limits"]["rate"]
        elif kind == "server-shutdown" and link.leave_at is None:
            loop = asyncio.get_running_loop()
            link.leave_at = loop.time() + frame["reconnectAfterMs"] / 1000
            loop.call_at(link.leave_at, self.changed.set)
        elif kind == "ack" and frame["id"] in self.unanswered:
            self._answer(frame["id"], lambda future: future.set_result(frame.get("position")))
        elif kind == "error":
            self._error(frame)
        elif link in (self.first, self.second) and frame.get("topic") in self.topics:
            topic = self.topics[frame["topic"]]
            if kind == "message" and "position" not in frame:
                if link is self.first:
                    topic.listener(frame)  # It was not kept, and there is no telling whether it comes twice.
            elif kind == "message" and topic.alone in (None, link):
                self._message(topic, frame)
            elif kind == "subscribed":
                self._subscribed(link, topic, frame)
                self._settle()

    def _message(self, topic, frame):
        position = frame["position"]
        if topic.seen is not None:
            if position in topic.seen:
                return
            topic.seen.add(position)
            if not self.second:
                topic.seen = None  # What came twice is over: one connection alone has come this far.
        topic.position = position
        topic.listener(frame)

    def _subscribed(self, link, topic, frame):
        name, position = frame["topic"], frame["position"]
        answers = name in link.asked and name not in link.answered
        link.answered.add(name)
        if link is self.first and self.second and name in self.second.asked:
            if not frame["recovered"]:
                topic.alone = self.second  # No gap: the second was asked for all.
            return
        if frame["recovered"]:
            topic.position = topic.position or position
        elif not (answers and link is self.second and (position == link.asked[name] or position in topic.seen)):
            topic.position = position
            topic.alone = link if link is self.second else None
            self.on_lost(name)
        if self.second and name not in self.second.asked:
            self._ask(self.second, name)

    def _settle(self):
        """Changes over once the second connection has all topics, and says whether messages come."""
        moved = bool(self.second) and self.second.answered >= self.topics.keys()
        if moved:
            left, self.first, self.second = self.first, self.second, None
            self._spawn(left.socket.close())
            self._send_again()
        live = bool(self.first) and self.first.answered >= self.topics.keys()
        if live and (moved or not self.live):
            self.attempt, self.delay = 0, 0.0
        if moved or live != self.live:
            self.live = live
            self.on_live(live)
        self.changed.set()

    def _answer(self, id, how):
        future = self.unanswered[id][1]
        if not future.done():
            how(future)

    def _error(self, frame):
        id = frame.get("id")
        if id not in self.unanswered:
            self.on_error(frame)
        elif frame["code"] == "relay-unavailable":
            again = self.unanswered[id][0]
            asyncio.get_running_loop().call_later(
                random.uniform(0.1, 1), lambda: self.first and self.first.outbox.put_nowait(again))
        else:
            self._answer(id, lambda future: future.set_exception(Refused(frame["code"], frame["message"])))

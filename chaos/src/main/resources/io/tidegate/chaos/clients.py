"""Many clients of examples/python in one process; commands and events are those of clients.mjs."""
import asyncio
import importlib.util
import random
import sys

module, url, interval = sys.argv[1], sys.argv[2], int(sys.argv[3]) / 1000
spec = importlib.util.spec_from_file_location("tidegate", module)
tidegate = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tidegate)

clients = {}
publishes = set()
publishing = False
lines = []


def flush():
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    lines.clear()


def report(*words):
    """Lines leave together, as in clients.mjs."""
    lines.append(" ".join(map(str, words)))
    if len(lines) == 1:
        asyncio.get_running_loop().call_soon(flush)


class Client(tidegate.Client):
    """Also reports refused publishes, which the client sends again."""

    def _error(self, frame):
        if frame["code"] == "relay-unavailable" and frame.get("id") in self.unanswered:
            publish = self.unanswered[frame["id"]][0]
            index, number = publish["message"].split(":")
            report("refused", index, publish["topic"], number)
        super()._error(frame)


async def open_client(index, topics):
    was = {"live": False, "ever": False}

    def on_live(live):
        if live and was["ever"]:
            report("reconnected", index)
        if live != was["live"]:
            report("live" if live else "gone", index)
        was.update(live=live, ever=was["ever"] or live)

    client = Client(
        url,
        on_lost=lambda topic: report("lost", index, topic),
        on_live=on_live,
        on_error=lambda frame: report("complaint", frame["code"], frame["message"]))
    for topic in topics:
        client.subscribe(topic, lambda frame: report("received", index, frame["topic"], frame["message"], frame["position"]))
    clients[index] = client, topics
    await client.__aenter__()


async def publish_from(index):
    client, topics = clients[index]
    await asyncio.sleep(interval * random.random())
    number = 0
    while publishing:
        topic = random.choice(topics)
        report("published", index, topic, number)
        task = asyncio.create_task(publish(client, index, topic, number))
        publishes.add(task)
        task.add_done_callback(publishes.discard)
        number += 1
        await asyncio.sleep(interval * (0.5 + random.random()))


async def publish(client, index, topic, number):
    try:
        position = await client.publish(topic, f"{index}:{number}")
        report("acknowledged", index, topic, number, position)
    except tidegate.Refused as refused:
        report("complaint", "publish failed:", refused)


async def main():
    global publishing
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    tasks = []
    while line := (await commands.readline()).decode().split():
        match line:
            case ["connect", index, *topics]:
                await open_client(index, topics)
            case ["publish"]:
                publishing = True
                tasks = [asyncio.create_task(publish_from(index)) for index in clients]
            case ["stop"]:
                publishing = False
            case ["end"]:
                return


asyncio.run(main())

"""Makes each of the chart's alerts fire on running servers, and sees it end; see run."""

import asyncio
import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import jwt
import websockets
import yaml

ROOT = Path(__file__).resolve().parents[2]
JAVA = os.environ["JAVA_HOME"] + "/bin/java"
SECRET = "a-secret-of-this-run-that-is-long-enough-0123"
KEY = "a-key-of-this-run-0123456789-0123456789"
LIMIT = 250
MOST_SECONDS = 90
UNITS = {"s": 1, "m": 60, "h": 3600}


def shortened(text: str, by: int) -> str:
    """Every duration divided: by 60, 5m is 5s and 30s is 500ms."""
    return re.sub(
        r"(?<![\w.])(\d+)([smh])(?![\w])", lambda found: f"{int(found[1]) * UNITS[found[2]] * 1000 // by}ms", text
    )


def rules(release: str = "chat", namespace: str = "realtime", by: int = 60) -> str:
    jar = ROOT / "rehearsal/target/tidegate-rehearsal.jar"
    values = ["alerts.enabled=true", "autoscaling.prometheus.serverAddress=http://prometheus.monitoring.svc:9090"]
    command = [JAVA, "--enable-native-access=ALL-UNNAMED", "-cp", str(jar), "io.tidegate.rehearsal.scale.HelmTemplate"]
    rendered = subprocess.run(
        [*command, str(ROOT / "charts/tidegate"), release, namespace, *values], check=True, capture_output=True, text=True
    ).stdout
    groups = next(one["spec"] for one in yaml.safe_load_all(rendered) if one and one["kind"] == "PrometheusRule")
    for rule in (rule for group in groups["groups"] for rule in group["rules"]):
        rule["expr"] = shortened(rule["expr"], by)
        rule["for"] = shortened(rule["for"], by)
        if rule["alert"] == "TidegateDescriptorsHigh":
            # A server closes connections before it comes so far.
            rule["expr"] = rule["expr"].replace("> 0.8", "> 0.4")
    for group in groups["groups"]:
        group.pop("interval", None)
    return yaml.safe_dump(groups)


def free_port() -> int:
    """Below the ports that the system gives to connections, so that none takes it before a server listens there."""
    while True:
        port = random.randrange(10_240, 20_240)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def token(secret: str = SECRET) -> str:
    claims = {"sub": "ann", "exp": int(time.time()) + 3600, "tidegate": {"subscribe": ["*"], "publish": ["*"]}}
    return jwt.encode(claims, secret, algorithm="HS256")


class Process:
    """One that this run has started, and ends."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.command, self.environment = command, environment
        self.log = tempfile.TemporaryFile("w+")
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, env={**os.environ, **self.environment}, stdout=self.log, stderr=subprocess.STDOUT
        )

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()

    def printed(self) -> str:
        self.log.seek(0)
        return self.log.read()


class Server(Process):
    def __init__(self, runtime: str, pod: str, redis: int, descriptors: int) -> None:
        self.pod, self.port, self.management, self.api = pod, free_port(), free_port(), free_port()
        self.limit = "max"
        super().__init__(
            "unshare",
            "--mount",
            "sh",
            "-c",
            # Version 2 of control groups as a container sees it; the kernel here does not enforce it.
            'mount -t tmpfs none /sys/fs/cgroup && echo "$MEMORY_LIMIT" >/sys/fs/cgroup/memory.max && '
            f'ulimit -n {descriptors} && exec "$0" "$@"',
            JAVA,
            "-jar",
            str(ROOT / f"{runtime}-server/target/tidegate-{runtime}-server.jar"),
            TIDEGATE_PORT=str(self.port),
            TIDEGATE_MANAGEMENT_PORT=str(self.management),
            TIDEGATE_API_PORT=str(self.api),
            TIDEGATE_API_KEYS=KEY,
            TIDEGATE_AUTH_SECRET=SECRET,
            TIDEGATE_RELAY_URL=f"redis://127.0.0.1:{redis}",
            TIDEGATE_NODE=pod,
            TIDEGATE_LIMITS_CONNECTIONS=str(LIMIT),
            TIDEGATE_LIMITS_QUEUE="64KiB",
            TIDEGATE_REBALANCE_ENABLED="false",
            TIDEGATE_DRAIN_NOTICE="0s",
            TIDEGATE_DRAIN_WINDOW="0s",
            TIDEGATE_DRAIN_TIMEOUT="1s",
        )

    def start(self) -> None:
        self.environment["MEMORY_LIMIT"] = self.limit
        super().start()

    async def ready(self) -> None:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.management}/health/ready", timeout=2).close()
                return
            await asyncio.sleep(0.1)
        raise SystemExit(f"{self.pod} is not ready:\n{self.printed()}")

    def url(self, good: str | None = None) -> str:
        return f"ws://127.0.0.1:{self.port}/chat?topic=news&access_token={good or token()}"

    def publish(self, topic: str, body: bytes) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.api}/api/topics/{topic}/messages",
            body,
            {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        )
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=5).close()


class Run:
    def __init__(self, folder: Path) -> None:
        self.folder, self.redis_port, self.prometheus_port = folder, free_port(), free_port()
        (folder / "rules.yml").write_text(rules())
        self.redis = self.new_redis()
        self.a = Server("se", "chat-tidegate-5d9c7-aaaaa", self.redis_port, 2_000)
        self.b = Server("mp", "chat-tidegate-5d9c7-bbbbb", self.redis_port, 500)
        self.clients: list[websockets.ClientConnection] = []
        self.write_configuration()
        self.prometheus = Process(
            "prometheus",
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{self.prometheus_port}",
            "--query.lookback-delta=5s",
        )

    def new_redis(self) -> Process:
        return Process("redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder))

    def write_configuration(self) -> None:
        targets = [
            {"targets": [f"127.0.0.1:{one.management}"], "labels": {"namespace": "realtime", "pod": one.pod}}
            for one in (self.a, self.b)
        ]
        text = {
            "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"},
            "rule_files": [str(self.folder / "rules.yml")],
            "scrape_configs": [{"job_name": "tidegate", "static_configs": targets}],
        }
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(text))

    def firing(self) -> set[str]:
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://127.0.0.1:{self.prometheus_port}/api/v1/alerts", timeout=5) as answer:
                alerts = json.load(answer)["data"]["alerts"]
                return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}
        return set()

    async def until(self, what: str, condition) -> float:  # noqa: ANN001
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > MOST_SECONDS:
                raise SystemExit(f"{what}: not in {MOST_SECONDS} s; firing are {sorted(self.firing())}")
            await asyncio.sleep(0.25)
        return time.monotonic() - began

    async def sees(self, names: list[str], provoke, heal=None) -> None:  # noqa: ANN001
        """Provokes until all of these have fired; then heals, and waits until all have ended."""
        work = asyncio.create_task(provoke())
        fired: set[str] = set()

        def all_fired() -> bool:
            if work.done() and work.exception():
                raise work.exception()
            fired.update(self.firing())
            return fired >= set(names)

        fire = await self.until(" and ".join(names) + " fires", all_fired)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        if heal:
            await heal()
        await self.leave()
        end = await self.until(" and ".join(names) + " ends", lambda: not self.firing() & set(names))
        print(f"{', '.join(names)}: fired after {fire:.1f} s, ended after {end:.1f} s", flush=True)

    async def join(self, server: Server, count: int) -> None:
        for _ in range(count):
            self.clients.append(await websockets.connect(server.url(), max_queue=None))

    async def leave(self) -> None:
        for one in self.clients:
            one.transport.abort()
        self.clients.clear()

    async def crowded(self) -> None:
        """One pod is full, the other empty, and more clients come."""
        await self.join(self.a, LIMIT)
        while True:
            await self.refused(self.a.url())

    async def refused(self, url: str) -> None:
        with contextlib.suppress(websockets.InvalidHandshake, OSError):
            await (await websockets.connect(url)).close()
        await asyncio.sleep(0.05)

    async def forged(self) -> None:
        while True:
            await self.refused(self.a.url(token("another-secret-that-is-long-enough-0123456789")))

    async def redis_away(self) -> None:
        await self.join(self.a, 1)
        self.redis.end()
        while True:
            await asyncio.to_thread(self.a.publish, "news", b'"x"')
            await self.clients[0].send('{"user":"ann","message":"x"}')
            await asyncio.sleep(0.1)

    async def redis_back(self) -> None:
        self.redis = self.new_redis()
        await self.until("the relay is up", lambda: "TidegateRelayDown" not in self.firing())

    async def lost(self) -> None:
        """Clients that resume at a position of a history that is gone."""
        self.a.publish("old", b'"x"')
        while True:
            async with websockets.connect(self.a.url(), subprotocols=["tidegate.v1"]) as one:
                for number in range(20):
                    await one.send(json.dumps({"type": "subscribe", "topic": f"old-{number}", "after": "7-5"}))
                    await one.recv()
            await asyncio.sleep(0.5)

    async def storm(self) -> None:
        await self.join(self.a, 110)
        while True:
            await self.refused(self.b.url())

    async def slow(self) -> None:
        await self.join(self.b, 110)
        body = json.dumps("x" * 30_000).encode()
        while True:
            readers = [await self.stuck(self.a) for _ in range(3)]
            for _ in range(250):
                await asyncio.to_thread(self.a.publish, "slow", body)
            for one in readers:
                one.close()

    async def stuck(self, server: Server) -> socket.socket:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect(("127.0.0.1", server.port))
        key = "dGhlIHNhbXBsZSBub25jZQ=="
        one.sendall(
            (
                f"GET /chat?topic=slow&access_token={token()} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
            ).encode()
        )
        return one

    async def late(self) -> None:
        """A pod that stands still for a second and more, again and again, while another one publishes."""
        await self.join(self.b, 2)
        while True:
            self.b.signal(signal.SIGSTOP)
            for _ in range(12):
                await asyncio.to_thread(self.a.publish, "news", b'"x"')
                await asyncio.sleep(0.1)
            self.b.signal(signal.SIGCONT)
            await asyncio.sleep(0.6)

    async def many_sockets(self) -> None:
        await self.join(self.b, 240)
        await asyncio.sleep(MOST_SECONDS)

    async def frozen(self) -> None:
        self.b.signal(signal.SIGSTOP)
        await asyncio.sleep(MOST_SECONDS)

    async def thawed(self) -> None:
        self.b.signal(signal.SIGCONT)

    async def cut(self) -> None:
        """A client that ignores its close, on a pod that is told to end."""
        one = await self.stuck(self.b)
        await asyncio.sleep(1)
        self.b.signal(signal.SIGTERM)
        self.b.process.wait()
        one.close()
        await asyncio.sleep(MOST_SECONDS)

    async def restarted(self) -> None:
        self.b.start()
        await self.b.ready()

    async def small(self) -> None:
        """A pod that may hold less than it does."""
        self.b.end()
        self.b.limit = "100000000"
        self.b.start()
        await asyncio.sleep(MOST_SECONDS)

    async def roomy(self) -> None:
        self.b.end()
        self.b.limit = "max"
        self.b.start()
        await self.b.ready()

    async def gone(self) -> None:
        self.a.end()
        self.b.end()
        await asyncio.sleep(MOST_SECONDS)

    async def both_back(self) -> None:
        self.a.start()
        self.b.start()

    async def all(self) -> None:
        await self.a.ready()
        await self.b.ready()
        await asyncio.sleep(10)
        if self.firing():
            raise SystemExit(f"a fleet without load has alerts: {sorted(self.firing())}")
        print("a fleet without load: no alert", flush=True)
        full = ["TidegateConnectionsHigh", "TidegateConnectionsFull", "TidegateConnectionsUneven", "TidegateHandshakesRejected"]
        await self.sees(full, self.crowded)
        await self.sees(["TidegateTokensForged"], self.forged)
        down = ["TidegateRelayDown", "TidegateRelayErrors", "TidegateApiErrors"]
        await self.sees(down, self.redis_away, self.redis_back)
        await self.sees(["TidegateRecoveriesLost"], self.lost)
        await self.sees(["TidegateReconnectStorm"], self.storm)
        await self.sees(["TidegateSlowConsumers"], self.slow)
        await self.sees(["TidegateRelayLag"], self.late, self.thawed)
        await self.sees(["TidegateDescriptorsHigh"], self.many_sockets)
        await self.sees(["TidegatePodUnscraped"], self.frozen, self.thawed)
        await self.sees(["TidegateForcedCloses"], self.cut, self.restarted)
        await self.sees(["TidegateMemoryHigh"], self.small, self.roomy)
        await self.sees(["TidegateAbsent"], self.gone, self.both_back)

    def end(self) -> None:
        for one in (self.prometheus, self.a, self.b, self.redis):
            with contextlib.suppress(ProcessLookupError):
                one.signal(signal.SIGCONT)
            one.end()


def main() -> None:
    if sys.argv[1:2] == ["--rules"]:
        release, namespace, by = sys.argv[2:]
        print(rules(release, namespace, int(by)), end="")
        return
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder))
        try:
            asyncio.run(run.all())
        finally:
            run.end()
    print("all alerts fired and ended")


if __name__ == "__main__":
    sys.exit(main())

"""A steady publisher and many subscribers that discard their messages: measures the cost of a delivery in the servers."""
import argparse
import json
import os
import re
import select
import socket
import ssl
import statistics
import struct
import subprocess
import sys
import time

WORDS = ("order status shipped pending customer price quantity warehouse delivery invoice address region currency "
         "discount total created updated comment carrier reference").split()


def java():
    return os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"


def message(size, number):
    """JSON like that of back ends: the same keys, different values."""
    items = []
    seed = number
    while True:
        seed = (seed * 1103515245 + 12345) % (1 << 31)
        items.append({"id": seed, "status": WORDS[seed % len(WORDS)], "price": seed % 10000 / 100,
                      "comment": " ".join(WORDS[(seed >> i) % len(WORDS)] for i in range(4))})
        text = json.dumps({"type": "orders", "number": number, "items": items})
        if len(text) >= size:
            return text[:size - 2] + '"}'


def frame(text):
    payload = text.encode()
    length = len(payload)
    header = bytes([0x81, 0x80 | length]) if length < 126 else bytes([0x81, 0xFE]) + struct.pack(">H", length)
    return header + bytes(4) + payload


def connect(port, header="", trust=None):
    """A subscriber of `/`; over TLS if `trust` is given."""
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if trust:
        client = trust.wrap_socket(client, server_hostname="localhost")
    client.sendall((f"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    f"{header}\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096)
    if b" 101 " not in head or (b"permessage-deflate" in head) != bool(header):
        sys.exit(f"unexpected answer: {head!r}")
    client.setblocking(False)
    return client


def family(pid):
    """A process and the processes that it has started."""
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [pid] + [one for child in children.read().split() for one in family(int(child))]


def cpu(pids):
    used = 0
    for pid in pids:
        for one in family(pid):
            with open(f"/proc/{one}/stat") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            used += int(fields[11]) + int(fields[12])
    return used / os.sysconf("SC_CLK_TCK")


def drain(client, buffer):
    """Reads all available bytes; returns their number."""
    read = 0
    try:
        while (more := client.recv_into(buffer)) > 0:
            read += more
    except (BlockingIOError, ssl.SSLWantReadError):
        pass
    return read


def measure(port, pids, args, header="", trust=None):
    """Returns the µs of CPU and the bytes of a delivery."""
    clients = [connect(port, header, trust) for _ in range(args.conns)]
    publisher = connect(port, trust=trust)
    poll = select.epoll()
    for client in clients + [publisher]:
        poll.register(client, select.EPOLLIN)
    by_number = {client.fileno(): client for client in clients + [publisher]}
    frames = [frame(message(args.size, i)) for i in range(64)]
    buffer = bytearray(1 << 18)
    read = 0

    def take(until):
        nonlocal read
        while (left := until - time.monotonic()) > 0:
            for number, _ in poll.poll(left, 4096):
                read += drain(by_number[number], buffer)

    def publish(seconds):
        begun = time.monotonic()
        for i in range(int(seconds * args.rate)):
            publisher.send(frames[i % len(frames)])
            take(begun + (i + 1) / args.rate)
        return int(seconds * args.rate)

    publish(args.warmup)
    take(time.monotonic() + 0.5)
    read = 0
    before = cpu(pids)
    messages = publish(args.seconds)
    take(time.monotonic() + 0.3)
    used = cpu(pids) - before
    for client in clients + [publisher]:
        client.close()
    deliveries = messages * (args.conns + 1)
    return used * 1e6 / deliveries, read / deliveries


def options(description, size=1024, rate=40):
    """A parser of the common options; without a rate, for comparisons that run as fast as possible."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    if rate:
        parser.add_argument("--rate", type=float, default=rate, help="messages a second")
    parser.add_argument("--runtime", choices=("se", "mp"), default="se")
    parser.add_argument("--conns", type=int, default=1000)
    parser.add_argument("--size", type=int, default=size, help="bytes of a message")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warmup", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    return parser


def jar(runtime):
    return os.path.join(os.path.dirname(__file__), "..", f"{runtime}-server", "target", f"tidegate-{runtime}-server.jar")


def start(runtime, *settings):
    """A packaged server, and its port once it listens."""
    server = subprocess.Popen(
        [java(), *settings, "-Dtidegate.port=0", "-Dtidegate.management.port=0", "-jar", jar(runtime)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    while not (listens := re.search(r"broadcast wss?://[^ ]+:(\d+)/", line := server.stdout.readline())):
        if not line:
            sys.exit("the server did not start")
    return server, int(listens.group(1))


def report(results):
    """Prints the medians of each, and the ratios of the others to the first in the same rounds."""
    first = None
    for name, rounds in results.items():
        used = [cost for cost, _ in rounds]
        size = statistics.median(size for _, size in rounds)
        first = first or used
        ratios = [one / other for one, other in zip(used, first)]
        print(f"{name:9} {statistics.median(used):6.2f} µs of CPU a delivery ({min(used):.2f} to {max(used):.2f}), "
              f"{size:.0f} bytes; {statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})")

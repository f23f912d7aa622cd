#!/usr/bin/env python3
"""What compression costs a server and saves on the wire, beside the same messages without it.

A server runs with tidegate.compression on; in turns, its clients offer to take messages compressed or do not. All subscribe to
one topic, on which one publishes at a steady rate. Reports the server's CPU for a delivery and the bytes of one.

    bench/compression.py --jar se-server/target/tidegate-se-server.jar --conns 1000 --size 1024 --rate 40 --rounds 5
"""
import argparse
import json
import os
import re
import select
import socket
import statistics
import struct
import subprocess
import sys
import time

OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
WORDS = ("order status shipped pending customer price quantity warehouse delivery invoice address region currency "
         "discount total created updated comment carrier reference").split()


def message(size, number):
    """JSON as back ends write it: the same keys, other values."""
    items = []
    seed = number
    while True:
        seed = (seed * 1103515245 + 12345) % (1 << 31)
        items.append({"id": seed, "status": WORDS[seed % len(WORDS)], "price": seed % 10000 / 100,
                      "comment": " ".join(WORDS[(seed >> i) % len(WORDS)] for i in range(4))})
        text = json.dumps({"type": "orders", "number": number, "items": items})
        if len(text) >= size:
            return text[:size - 2] + '"}' if size > 2 else text[:size]


def frame(text):
    payload = text.encode()
    length = len(payload)
    header = bytes([0x81, 0x80 | length]) if length < 126 else bytes([0x81, 0xFE]) + struct.pack(">H", length)
    return header + bytes(4) + payload


def connect(port, path, offer):
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.sendall((f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                    f"{offer}\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096)
    if b" 101 " not in head or (b"permessage-deflate" in head) != bool(offer):
        sys.exit(f"not as expected: {head!r}")
    client.setblocking(False)
    return client


def cpu(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(server, pid, args, offer):
    clients = [connect(server, args.path, offer) for _ in range(args.conns)]
    publisher = connect(server, args.path, "")
    poll = select.epoll()
    for client in clients:
        poll.register(client, select.EPOLLIN)
    by_number = {client.fileno(): client for client in clients}
    frames = [frame(message(args.size, i)) for i in range(64)]
    buffer = bytearray(1 << 18)
    read = 0

    def take(until):
        nonlocal read
        while (left := until - time.monotonic()) > 0:
            for number, _ in poll.poll(left, 4096):
                read += by_number[number].recv_into(buffer)
            try:
                while publisher.recv_into(buffer):
                    pass
            except BlockingIOError:
                pass

    def publish(seconds):
        begun = time.monotonic()
        for i in range(int(seconds * args.rate)):
            publisher.send(frames[i % len(frames)])
            take(begun + (i + 1) / args.rate)
        return int(seconds * args.rate)

    publish(args.warmup)
    take(time.monotonic() + 0.5)
    read = 0
    before = cpu(pid)
    messages = publish(args.seconds)
    take(time.monotonic() + 0.3)
    used = cpu(pid) - before
    for client in clients + [publisher]:
        client.close()
    return used * 1e6 / (messages * args.conns), read / (messages * args.conns)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jar", required=True)
    parser.add_argument("--conns", type=int, default=1000)
    parser.add_argument("--size", type=int, default=1024, help="bytes of a message")
    parser.add_argument("--rate", type=float, default=40, help="messages a second")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--warmup", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--path", default="/")
    args = parser.parse_args()

    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    server = subprocess.Popen(
        [java, "-Dtidegate.compression=true", "-Dtidegate.port=0", "-Dtidegate.management.port=0", "-jar", args.jar],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        while not (listens := re.search(r"broadcast ws://[^ ]+:(\d+)/", line := server.stdout.readline())):
            if not line:
                sys.exit("the server did not start")
        port = int(listens.group(1))
        results = {"plain": [], "deflated": []}
        for _ in range(args.rounds):
            for name, offer in (("plain", ""), ("deflated", OFFER)):
                results[name].append(measure(port, server.pid, args, offer))
        for name, rounds in results.items():
            used = [cost for cost, _ in rounds]
            print(f"{name}: {statistics.median(used):.2f} µs of CPU a delivery "
                  f"({min(used):.2f} to {max(used):.2f}), {statistics.median(size for _, size in rounds):.0f} bytes")
        ratios = [compressed[0] / plain[0] for plain, compressed in zip(results["plain"], results["deflated"])]
        print(f"CPU: {statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})")
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()

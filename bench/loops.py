#!/usr/bin/env python3
"""What a node delivers with one write loop and with more, where the clients cost next to nothing.

Servers that differ in tidegate.loops run at the same time; in turns, each is used as fast as it goes. A few connections publish,
and check each message that they get: none lost, all in one order. The others are sinks: the kernel throws their bytes away
(MSG_TRUNC), now and then, and only their number is checked.

    ./tidegate bench loops --loops 1,2 --conns 1000 --size 200
"""
import multiprocessing
import select
import socket
import statistics
import sys
import time

import deliveries

PUBLISHERS = 2

# The time between two reads of the sinks: these cost less than a twentieth of a core.
LOOK_SECONDS = 0.05


def length_of(size):
    """The bytes of a frame from the server."""
    return size + (2 if size < 126 else 4)


def sinks(port, count, orders):
    """Connections that read everything and check nothing; on request, tells the number of bytes of each."""
    clients = [deliveries.connect(port) for _ in range(count)]
    received = [0] * count
    scrap = bytearray(1 << 20)
    orders.send("connected")
    while True:
        if orders.poll(LOOK_SECONDS):
            if orders.recv() == "end":
                return
            orders.send(received)
        for i, client in enumerate(clients):
            try:
                received[i] += client.recv_into(scrap, len(scrap), socket.MSG_TRUNC)
            except BlockingIOError:
                pass


class Publishers:
    """Each connection has some messages under way, and sends the next when one has come back."""

    def __init__(self, port, size, window):
        self.clients = [deliveries.connect(port) for _ in range(PUBLISHERS)]
        self.poll = select.epoll()
        for client in self.clients:
            self.poll.register(client, select.EPOLLIN)
        self.by_number = {client.fileno(): i for i, client in enumerate(self.clients)}
        self.size = size
        self.window = window
        self.sent = [0] * PUBLISHERS
        self.rest = [b""] * PUBLISHERS
        self.order = []
        self.seen = [0] * PUBLISHERS

    def publish(self, who):
        text = f"{who:02}{self.sent[who]:010}"
        self.clients[who].send(deliveries.frame(text.ljust(self.size, "x")))
        self.sent[who] += 1

    def run(self, seconds):
        """Publishes for this time; then waits until all messages have come back on all connections."""
        until = time.monotonic() + seconds
        for who in range(PUBLISHERS):
            for _ in range(self.window):
                self.publish(who)
        while time.monotonic() < until:
            self.take(until - time.monotonic(), True)
        patience = time.monotonic() + 20
        while any(seen < sum(self.sent) for seen in self.seen):
            if time.monotonic() > patience:
                sys.exit(f"lost: {sum(self.sent)} sent, {self.seen} received")
            self.take(0.1, False)

    def take(self, wait, go_on):
        for number, _ in self.poll.poll(max(0, wait), PUBLISHERS):
            who = self.by_number[number]
            try:
                data = self.rest[who] + self.clients[who].recv(1 << 20)
            except BlockingIOError:
                continue
            length = length_of(self.size)
            whole = len(data) // length
            self.rest[who] = data[whole * length:]
            for i in range(whole):
                at = (i + 1) * length - self.size
                self.check(who, data[at:at + 12], go_on)

    def check(self, who, text, go_on):
        index = self.seen[who]
        self.seen[who] += 1
        if index == len(self.order):
            self.order.append(text)
        elif self.order[index] != text:
            sys.exit(f"different order: message {index} is {text} here and {self.order[index]} elsewhere")
        if go_on and int(text[:2]) == who:
            self.publish(who)

    def verify(self):
        """All messages of each connection, in their order."""
        for who in range(PUBLISHERS):
            own = [int(text[2:]) for text in self.order if int(text[:2]) == who]
            if own != list(range(self.sent[who])):
                sys.exit(f"messages of publisher {who} are lost, doubled or out of order")


def measure(port, pid, args):
    """Returns the deliveries a second, and the µs of CPU for one."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=sinks, args=(port, args.conns - PUBLISHERS, there))
    process.start()
    here.recv()
    publishers = Publishers(port, args.size, args.window)
    publishers.run(args.warmup)
    warm = sum(publishers.sent)
    before, begun = deliveries.cpu([pid]), time.monotonic()
    publishers.run(args.seconds)
    took, used = time.monotonic() - begun, deliveries.cpu([pid]) - before
    publishers.verify()
    bytes_due = sum(publishers.sent) * length_of(args.size)
    patience = time.monotonic() + 20
    while True:
        here.send("say")
        received = here.recv()
        if all(each == bytes_due for each in received):
            break
        if max(received) > bytes_due or time.monotonic() > patience:
            sys.exit(f"sinks have {min(received)} to {max(received)} bytes, {bytes_due} were sent")
    here.send("end")
    process.join()
    for client in publishers.clients:
        client.close()
    count = (sum(publishers.sent) - warm) * args.conns
    return count / took, used * 1e6 / count, used / took


def main():
    parser = deliveries.options(__doc__, size=200, rate=None)
    parser.add_argument("--loops", default="1,2", help="numbers of write loops; the others are compared with the first")
    parser.add_argument("--window", type=int, default=20, help="unacknowledged messages of a publisher")
    args = parser.parse_args()
    servers = {}
    results = {}
    try:
        for loops in args.loops.split(","):
            servers[loops] = deliveries.start(args.runtime, f"-Dtidegate.loops={loops}")
            results[loops] = []
        for _ in range(args.rounds):
            for loops, (server, port) in servers.items():
                results[loops].append(measure(port, server.pid, args))
    finally:
        for server, _ in servers.values():
            server.terminate()
        for server, _ in servers.values():
            server.wait(30)
    first = next(iter(results.values()))
    for loops, rounds in results.items():
        rates, costs, cores = zip(*rounds)
        ratios = [rate / other[0] for rate, other in zip(rates, first)]
        dearer = [cost / other[1] for cost, other in zip(costs, first)]
        print(f"loops {loops}: {statistics.median(rates):9,.0f} deliveries a second, {statistics.median(ratios):.2f} times "
              f"({min(ratios):.2f} to {max(ratios):.2f}); {statistics.median(costs):.2f} µs of CPU each, "
              f"{statistics.median(dearer):.2f} times ({min(dearer):.2f} to {max(dearer):.2f}); "
              f"{statistics.median(cores):.2f} cores")


if __name__ == "__main__":
    main()

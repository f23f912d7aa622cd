#!/usr/bin/env python3
"""What compression costs a server and saves on the wire, beside the same messages without it.

A server runs with tidegate.compression on; in turns, its clients offer to take messages compressed or do not.

    ./tidegate bench compression --conns 1000 --size 1024
"""

import deliveries

OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"


def main():
    args = deliveries.options(__doc__).parse_args()
    server, port = deliveries.start(args.runtime, "-Dtidegate.compression=true")
    try:
        results = {"plain": [], "deflated": []}
        for _ in range(args.rounds):
            for name, offer in (("plain", ""), ("deflated", OFFER)):
                results[name].append(deliveries.measure(port, [server.pid], args, offer))
        deliveries.report(results)
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()

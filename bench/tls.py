#!/usr/bin/env python3
"""What TLS costs in the server, and in HAProxy or nginx in front of one without it: CPU of a delivery, and of a handshake.

All of them run at once and take turns. Needs haproxy, nginx and openssl.

    ./tidegate bench tls --conns 300 --rate 40
"""
import contextlib
import os
import random
import re
import socket
import ssl
import statistics
import subprocess
import tempfile
import time

import deliveries

HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 1m
    timeout server 1m
    timeout tunnel 1h
frontend tls
    bind 127.0.0.1:{port} ssl crt {folder}/both.pem
    default_backend servers
backend servers
    server one 127.0.0.1:{server}
"""

NGINX = """
worker_processes auto;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/tls.crt;
        ssl_certificate_key {folder}/tls.key;
        location / {{
            proxy_pass http://127.0.0.1:{server};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
            proxy_read_timeout 1h;
        }}
    }}
}}
"""


def free_port():
    """Below the ports that the system gives to connections, so that none takes it before the proxy listens there."""
    while True:
        port = random.randrange(10_240, 20_240)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def proxy(folder, name, template, server, *command):
    port = free_port()
    file = os.path.join(folder, name)
    with open(file, "w") as config:
        config.write(template.format(port=port, folder=folder, server=server))
    process = subprocess.Popen([*command, file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process, port
        time.sleep(0.05)
    raise SystemExit(f"{name} did not start")


def handshakes(port, pids, folder, seconds):
    """Returns the full TLS 1.3 handshakes a second from one client, and the µs of CPU of one."""
    before = deliveries.cpu(pids)
    said = subprocess.run(
        ["openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", str(seconds),
         "-CAfile", f"{folder}/tls.crt"], capture_output=True, text=True).stdout
    used = deliveries.cpu(pids) - before
    count, real = map(int, re.search(r"(\d+) connections in (\d+) real seconds", said).groups())
    return count / real, used * 1e6 / count


def main():
    args = deliveries.options(__doc__).parse_args()
    processes = []
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([deliveries.java(), "-cp", deliveries.jar(args.runtime), "io.tidegate.tls.LocalCertificate", folder], check=True)
        with open(f"{folder}/both.pem", "w") as both:
            both.write(open(f"{folder}/tls.crt").read() + open(f"{folder}/tls.key").read())
        trust = ssl.create_default_context(cafile=f"{folder}/tls.crt")
        try:
            own, own_port = deliveries.start(
                args.runtime, f"-Dtidegate.tls.certificate={folder}/tls.crt", f"-Dtidegate.tls.key={folder}/tls.key")
            processes.append(own)
            plain, plain_port = deliveries.start(args.runtime)
            processes.append(plain)
            haproxy, haproxy_port = proxy(folder, "haproxy.cfg", HAPROXY, plain_port, "haproxy", "-f")
            processes.append(haproxy)
            nginx, nginx_port = proxy(folder, "nginx.conf", NGINX, plain_port, "nginx", "-c")
            processes.append(nginx)
            cases = {
                "plain": (plain_port, [plain.pid], None),
                "own TLS": (own_port, [own.pid], trust),
                "HAProxy": (haproxy_port, [haproxy.pid, plain.pid], trust),
                "nginx": (nginx_port, [nginx.pid, plain.pid], trust),
            }
            results = {name: [] for name in cases}
            shaken = {name: [] for name in cases if name != "plain"}
            for _ in range(args.rounds):
                for name, (port, pids, trusted) in cases.items():
                    results[name].append(deliveries.measure(port, pids, args, trust=trusted))
                    if trusted:
                        shaken[name].append(handshakes(port, pids, folder, 3))
            deliveries.report(results)
            for name, rounds in shaken.items():
                print(f"{name:9} {statistics.median(rate for rate, _ in rounds):6.0f} handshakes a second, "
                      f"{statistics.median(cost for _, cost in rounds):.0f} µs of CPU each")
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)


if __name__ == "__main__":
    main()

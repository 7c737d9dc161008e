# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the embedded Grafana in the foreground: ``python -m emulator --port 3000 --grafana-version 12.4.3``."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys

from .core.profile import DEFAULT, VERSIONS
from .core.server import Server
from .core.settings import CLOUD, DEFAULTS
from .core.web import Application, provisioned, serve, tls_context


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=3000, help="0 takes a free one")
    parser.add_argument("--grafana-version", default=DEFAULT, choices=VERSIONS)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="a setting of the server; known are " + ", ".join(sorted({**DEFAULTS, **CLOUD})),
    )
    parser.add_argument("--provision", action="append", default=[], metavar="FILE", help="a dashboard to provision")
    parser.add_argument("--admin-password", default="admin")
    parser.add_argument("--costs", choices=["none", "real"], default="none", help="make requests as slow as real ones")
    parser.add_argument("--sub-path", default="", help="serve from here, as /grafana")
    parser.add_argument("--tls-cert", help="serve https with this certificate")
    parser.add_argument("--tls-key")
    parser.add_argument("--client-ca", help="let in only clients with a certificate of this authority")
    return parser.parse_args()


async def run(options: argparse.Namespace) -> None:
    settings = dict(one.split("=", 1) for one in options.set)
    unknown = sorted(set(settings) - set(DEFAULTS) - set(CLOUD))
    if unknown:
        sys.exit(f"unknown settings: {', '.join(unknown)}")
    dashboards = [provisioned(path) for path in options.provision]
    server = Server(options.grafana_version, settings, options.admin_password, dashboards, options.sub_path)
    tls = tls_context(options.tls_cert, options.tls_key, options.client_ca) if options.tls_cert else None
    try:
        runner = await serve(Application(server, options.costs), "127.0.0.1", options.port, tls)
    except OSError as problem:
        sys.exit(f"port {options.port} cannot be listened on: {problem.strerror}")
    port = runner.addresses[0][1]
    print(f"ready {'https' if tls else 'http'}://127.0.0.1:{port}{server.sub_path}", flush=True)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(run(arguments()))

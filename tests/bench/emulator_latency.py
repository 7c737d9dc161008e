# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the embedded Grafana takes for an answer over one connection, by version: it must never be what is measured."""

from __future__ import annotations

import http.client
import statistics
import time
from urllib.parse import urlsplit

from emulator import VERSIONS, Emulator

BASIC = {"Authorization": "Basic YWRtaW46YWRtaW4="}


def main(count: int = 500) -> None:
    for version in VERSIONS:
        with Emulator(version=version) as server:
            connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
            seconds = []
            for _number in range(count):
                begun = time.perf_counter()
                connection.request("GET", "/api/org", headers=BASIC)
                connection.getresponse().read()
                seconds.append(time.perf_counter() - begun)
            connection.close()
        print(f"{version:12} median {statistics.median(seconds) * 1000:.2f} ms, worst {max(seconds) * 1000:.2f} ms")


if __name__ == "__main__":
    main()

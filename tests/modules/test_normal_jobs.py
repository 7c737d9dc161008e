# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The normal jobs of all modules, which `make faults` repeats with failing requests: the client knows each of their routes."""

from __future__ import annotations

from ansible_collections.orgsmith.grafana.plugins.module_utils._grafana.answers import ANY, shape_of
from faults.jobs import JOBS
from faults.trial import Trial
from faults.world import World


def test_each_request_has_the_shape_of_its_answer(tmp_path):
    unknown, requests = set(), set()
    with World(tmp_path) as world:
        for job in JOBS:
            for version in job.versions:
                for request in Trial(world, job, version).normal().requests:
                    requests.add(request)
                    if shape_of(request.method, request.path) is ANY:
                        unknown.add(str(request))
    assert unknown - {"POST /login", "GET /logout"} == set()
    assert len(requests) > 50

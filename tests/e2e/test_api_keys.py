# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys as playbooks make them: no key anywhere but where it was asked for, however talkative the run."""

from __future__ import annotations

import pytest

from e2e import needles


def task(module, **options):
    return {"name": module, f"orgsmith.grafana.{module}": options}


@pytest.mark.by_core
def test_no_secret_anywhere(sites):
    site = sites("9.3.2")
    wanted = {"name": "ci", "role": "Editor", "seconds_to_live": "1h", "dest": str(site.keys / "ci")}
    batch = [{"name": f"key-{number}", "dest": str(site.keys / f"key-{number}")} for number in range(3)]
    tasks = [
        task("grafana_api_key", **wanted),
        task("grafana_api_key", **{**wanted, "role": "{{ role }}", "replace": "{{ replace }}"}),
        task("grafana_api_key", seconds_to_live="1h", batch=batch),
        {**task("grafana_api_key_info", dests=[str(site.keys / "ci")]), "register": "told"},
        {"name": "Show", "ansible.builtin.debug": {"var": "told"}},
    ]
    play = {"name": "API keys", "hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}
    play["vars"] = {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    playbook = site.write("keys.yml", [play])
    words = ("-vvv", "--diff")
    texts = [site.play(playbook, *words, role="Editor", replace="never").ok().text]
    first = site.keys_made()
    texts.append(site.play(playbook, *words, role="Viewer", replace="never").failed().text)
    texts.append(site.play(playbook, *words, role="Viewer", replace="when_needed").ok().text)
    secrets = sorted({*first, *site.keys_made()})
    assert len(secrets) == 5  # the second task has replaced the key of the first
    assert "differs from the task: its role is Editor, not Viewer" in texts[1]
    assert needles.in_text(secrets, "".join(texts)) == []
    allowed = {site.keys / "ci", *(site.keys / one["name"] for one in batch)}
    assert needles.in_files(secrets, [site.folder, site.temporary], allowed) == []

# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: bootstraps an organization end to end, twice, on the embedded Grafana or on the one of GRAFANA_URL.

Prints what it made, where the key is, that the second run changed nothing, and how to go on. Arguments are handed to
ansible-playbook; with `make demo ARGS="-vvv --diff"` its output is shown as well.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
#: Not "admin": Ansible masks every occurrence of a password, names and logins included.
PASSWORD = "demo-Passw0rd-2c91"
VERSION = "12.4.3"


def play(playbook: str, environment: dict[str, str], *words: str) -> dict[str, int]:
    """Run a playbook and return the sums of its recap; ends the demo if it fails."""
    command = ["ansible-playbook", str(HERE / "playbooks" / playbook), *words]
    quiet = {**os.environ, **environment, "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_NOCOLOR": "1"}
    found = subprocess.run(command, env=quiet, check=False, capture_output=True, text=True)
    talkative = any(word.startswith(("-v", "--verbose", "--diff", "-D")) for word in words)
    if found.returncode or talkative:
        print(found.stdout + found.stderr)
    if found.returncode:
        sys.exit(f"{playbook} failed")
    recap = found.stdout.rpartition("PLAY RECAP")[2].splitlines()[1]
    return {name: int(value) for name, value in (word.split("=") for word in recap.split(":", 1)[1].split())}


@contextlib.contextmanager
def server():
    """Yield the environment of a server: the one that GRAFANA_URL names, or an embedded one."""
    # Who tries the demo in a container should see it work: its key may end with the container.
    allowed = {"ORGSMITH_ALLOW_EPHEMERAL": os.environ.get("ORGSMITH_ALLOW_EPHEMERAL", "true")}
    if os.environ.get("GRAFANA_URL"):
        yield allowed, os.environ["GRAFANA_URL"]
        return
    from emulator import Emulator

    with Emulator(version=VERSION, admin_password=PASSWORD) as embedded:
        connection = {"GRAFANA_URL": embedded.url, "GRAFANA_USER": "admin", "GRAFANA_PASSWORD": PASSWORD}
        unset = {"GRAFANA_TOKEN": "", "GRAFANA_TOKEN_FILE": "", "GRAFANA_ORG_ID": "", "GRAFANA_ORG_NAME": ""}
        yield {**connection, **unset, **allowed}, f"the embedded Grafana {VERSION} ({embedded.url})"


def main() -> None:
    real = bool(os.environ.get("GRAFANA_URL"))
    org = os.environ.get("DEMO_ORG", "apiorg")
    keys = Path.home() / ".config/orgsmith-grafana/keys" if real else Path(tempfile.mkdtemp(prefix="orgsmith-demo-"))
    key = Path(os.environ.get("DEMO_KEY", keys / f"{org}.token"))
    words = ["-e", json.dumps({"org_name": org, "key_file": str(key)}), *sys.argv[1:]]
    if real and os.environ.get("GRAFANA_USER"):
        words += ["-e", json.dumps({"member": os.environ["GRAFANA_USER"]})]
    with server() as (environment, where):
        print(f"Bootstrapping organization {org} on {where} ...")
        first = play("bootstrap_org.yml", environment, *words)
        known = json.loads(Path(f"{key}.json").read_text(encoding="utf-8"))
        print(f"  organization     {known['org_name']} (id {known['org_id']})")
        print(f"  member           {os.environ.get('GRAFANA_USER', 'admin') if real else 'admin'}, as Admin")
        print(f"  service account  {known['service_account']} (id {known['service_account_id']}), as Editor")
        print(f"  token            {known['name']} (id {known['token_id']}), expires {known['expires']}")
        print("  dashboard        Production Overview, posted with that token")
        print(f"  key              {key} (mode {oct(key.stat().st_mode & 0o777)[2:]}), what is known of it in {key}.json")
        print(f"First run: {first['changed']} tasks changed something.")
        second = play("bootstrap_org.yml", environment, *words)
        print(f"Second run: changed={second['changed']}.")
        if second["changed"]:
            sys.exit("the second run should have changed nothing")
    print(farewell(real, org, key))


def farewell(real: bool, org: str, key: Path) -> str:
    """Return how to go on."""
    if real:
        remove = f"ansible-playbook playbooks/teardown_org.yml -e org_name={org} -e key_file={key}"
        return f"To remove it again, in the same environment, with .venv/bin on PATH:\n  {remove}"
    return f"""How to go on:
  make emulator PORT=3000             runs the embedded Grafana, to try things on (admin, admin)
  GRAFANA_URL=https://... GRAFANA_USER=... GRAFANA_PASSWORD=... make demo
                                      does the same on a real server
  playbooks/bootstrap_org.yml         is what was run; docs/tutorial.md walks through it
The embedded Grafana has ended, so the key opens nothing any more: rm -r {key.parent}"""


if __name__ == "__main__":
    main()

# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import yaml


def _for_inventory(documentation: str) -> str:
    """Return the part of *documentation* that holds for an inventory plugin, which works in no organization and has no task."""
    options = yaml.safe_load(documentation)["options"]
    for name in ("join_org", "concurrency"):
        del options[name]
    for option in options.values():
        lines = [line for line in option["description"] if "task" not in line]
        option["description"] = [line.replace("he module", "he plugin") for line in lines]
    requirements = ["requests (Python library) on the control node"]
    return str(yaml.safe_dump({"options": options, "requirements": requirements}, sort_keys=False))


class ModuleDocFragment:
    """Options of the connection to Grafana."""

    DOCUMENTATION = r"""
options:
  url:
    description:
      - The address of Grafana. Include the sub-path if Grafana is served from one. Do not include C(/api) or C(/login).
      - If it is not set, the module uses E(GRAFANA_URL).
      - For this and all other options, the environment is that of the host that runs the module. An option that is the empty
        string counts as not set, and so does an empty environment variable.
    type: str
  username:
    description:
      - The user that the module logs in as. Only a user with a password can create organizations and list all of them.
      - For more than a few requests the module logs in once, uses the session, and logs out at the end. If the login form is
        disabled, it uses basic authentication for every request.
      - If it is not set, the module uses E(GRAFANA_USER).
    type: str
  password:
    description:
      - The password of O(username). If the server refuses a password, the module does not send it again.
      - If it is not set, the module uses E(GRAFANA_PASSWORD).
    type: str
  token:
    description:
      - The key of a service account token, or an API key, instead of O(username) and O(password).
      - A token works only in its own organization.
      - If the task names another organization, it fails before the first write.
      - Options take precedence over environment variables. Two identities in the options, or two in the environment, are an
        error.
      - If it is not set, the module uses E(GRAFANA_TOKEN).
    type: str
  token_file:
    description:
      - A file with the key, instead of O(token), on the host that runs the module.
      - With a file, a new key does not have to be an argument of a task, which Ansible may write to a temporary file.
      - If it is not set, the module uses E(GRAFANA_TOKEN_FILE).
    type: path
  headers:
    description:
      - Additional headers of every request, for example for an authentication proxy, or for a JWT in its own header.
      - The module masks values of eight characters or more in everything that it prints.
    type: dict
  join_org:
    description:
      - Whether a server admin who is not a member of the organization joins it as Admin. The server shows the contents of an
        organization only to its members.
      - The caller joins before the first request in the organization. Without this option the task fails with the code
        V(not_a_member).
    type: bool
    default: false
  validate_certs:
    description:
      - Whether the module verifies the certificate of the server. The default is V(true).
      - If it is not set, the module uses E(GRAFANA_VALIDATE_CERTS).
    type: bool
  ca_path:
    description:
      - A file or directory with the CA certificates to trust.
      - If it is not set, the module uses E(GRAFANA_CA_PATH).
    type: path
  client_cert:
    description:
      - A client certificate in PEM format. Its private key is in the same file or in O(client_key).
      - If it is not set, the module uses E(GRAFANA_CLIENT_CERT).
    type: path
  client_key:
    description:
      - The private key of O(client_cert).
      - If it is not set, the module uses E(GRAFANA_CLIENT_KEY).
    type: path
  proxy:
    description:
      - The address of an HTTP proxy, such as V(http://proxy.example.org:3128). Without a scheme it is C(http). The module ignores
        the usual environment variables for proxies.
      - If it is not set, the module uses E(GRAFANA_PROXY).
    type: str
  timeout:
    description:
      - The time limit in seconds, for connecting and for each wait for the next bytes of a response. The default is V(30).
      - A whole response may take 10 minutes and have 256 MiB. Beyond that, the module fails with the code V(answer_limit).
      - If it is not set, the module uses E(GRAFANA_TIMEOUT).
    type: float
  retries:
    description:
      - How often the module repeats a request after a temporary failure. The default is V(4).
      - It repeats reads without restriction. After a 429 or 503 it waits as long as the server asks. If the outcome of a write is
        unknown, the module first reads whether the write took effect, and repeats it only if not. It never repeats a request with
        a password or token that the server refused.
      - If it is not set, the module uses E(GRAFANA_RETRIES).
    type: int
  concurrency:
    description:
      - How many organizations the module works on at the same time, and how many requests it sends at the same time at most. The
        default is V(4).
      - While the server is overloaded, the module sends fewer requests at the same time. The result shows it as C(concurrency).
      - If it is not set, the module uses E(GRAFANA_CONCURRENCY).
    type: int
requirements:
  - requests (Python library) on the host that runs the module
notes:
  - Set the connection once, with C(module_defaults) for the action group C(group/orgsmith.grafana.grafana).
  - Modules run on the hosts of the play. If only the control node can reach the server, use C(hosts=localhost) or
    C(delegate_to=localhost).
"""

    # With an annotation: `ansible-test sanity --test yamllint` takes every other assignment for a text.
    INVENTORY: str = _for_inventory(DOCUMENTATION)

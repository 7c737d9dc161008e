# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options by which every module reaches Grafana."""

    DOCUMENTATION = r"""
options:
  url:
    description:
      - The address of Grafana, with the sub-path that it is served from if there is one.
      - Without it E(GRAFANA_URL) is used.
      - Here as for the other options, the environment is that of the host on which the module runs, an option
        that is set to the empty string counts as not set, and so does an empty variable.
    type: str
  username:
    description:
      - The user who asks. Only user and password can make organizations and list them all.
      - For more than a few requests the module logs in once, uses the session, and logs out at the end. Where the
        login form is switched off it stays with basic authentication.
      - Without it E(GRAFANA_USER) is used.
    type: str
  password:
    description:
      - The password of O(username). A password that the server refuses is not sent a second time.
      - Without it E(GRAFANA_PASSWORD) is used.
    type: str
  token:
    description:
      - The key of a service account's token, or an API key, instead of O(username) and O(password).
      - A token works in its own organization alone. Where the task names another one it fails before any write.
      - Of several identities the options beat the environment; two from one source are an error.
      - Without it E(GRAFANA_TOKEN) is used.
    type: str
  token_file:
    description:
      - A file on the host that runs the module which holds the key, instead of O(token). So a fresh key need not
        travel through the arguments of a task, which Ansible may put into a temporary file.
      - Without it E(GRAFANA_TOKEN_FILE) is used.
    type: path
  headers:
    description:
      - More headers for every request, for an authentication proxy, or a JWT in a header of its own.
      - Values of eight characters or more are masked in everything that the module prints.
    type: dict
  join_org:
    description:
      - Whether a server admin who is not a member of the organization joins it as Admin. The server shows what is in an
        organization to its members only.
      - The caller joins before the first request into the organization. Without this option the task fails with the code
        V(not_a_member).
    type: bool
    default: false
  validate_certs:
    description:
      - Whether the server's certificate is checked. It is, unless this is V(false).
      - Without it E(GRAFANA_VALIDATE_CERTS) is used.
    type: bool
  ca_path:
    description:
      - A file (or directory) with the certificates of the authorities to trust.
      - Without it E(GRAFANA_CA_PATH) is used.
    type: path
  client_cert:
    description:
      - A client certificate in PEM format, with its key in the same file or in O(client_key).
      - Without it E(GRAFANA_CLIENT_CERT) is used.
    type: path
  client_key:
    description:
      - The key of O(client_cert).
      - Without it E(GRAFANA_CLIENT_KEY) is used.
    type: path
  proxy:
    description:
      - The address of an HTTP proxy. Proxies of the environment are not used.
      - Without it E(GRAFANA_PROXY) is used.
    type: str
  timeout:
    description:
      - For how many seconds to wait for a connection, and then for each answer. The default is V(30).
      - Without it E(GRAFANA_TIMEOUT) is used.
    type: float
  retries:
    description:
      - How many times to try again what failed in passing. The default is V(4).
      - Reads are repeated freely, and what the server put off (429, 503) after the time that it asks for. A write
        whose outcome is unknown is repeated only after looking whether it has happened. A refused password or
        token is never repeated.
      - Without it E(GRAFANA_RETRIES) is used.
    type: int
  concurrency:
    description:
      - How many organizations are worked on at a time. The default is V(4).
      - Without it E(GRAFANA_CONCURRENCY) is used.
    type: int
requirements:
  - requests (Python library) on the host that runs the module
notes:
  - Give the connection once, with C(module_defaults) for the action group C(group/orgsmith.grafana.grafana).
  - Modules run where C(hosts) says. For a server that the control node reaches, use C(hosts=localhost), or
    C(delegate_to=localhost).
"""

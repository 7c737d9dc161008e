# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: lost_with_container
short_description: Says whether a file or directory ends with a container
version_added: 0.1.0
description:
  - An execution environment of AWX is a container, which is deleted after the job. This filter says whether a path lies on the
    own file system of the container in which Ansible runs. Volumes that are mounted into the container stay.
options:
  _input:
    description: The absolute path of a file or directory on the control node. It need not exist.
    type: path
    required: true
author:
  - orgsmith contributors (@orgsmith)
"""

EXAMPLES = r"""
- name: Warn about reports that are lost
  ansible.builtin.debug:
    msg: Mount a volume at /srv/reports, or the reports are lost.
  when: "'/srv/reports' | orgsmith.grafana.lost_with_container"
"""

RETURN = r"""
_value:
  description: V(true) if the path is lost with the container, V(false) outside of a container.
  type: bool
"""

import typing as t

from ..plugin_utils._paths import lost_with_container


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        """Return the filter by its name."""
        return {"lost_with_container": lost_with_container}

# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that does nothing: what a module run with so many arguments costs by itself."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(argument_spec={"batch": {"type": "list", "elements": "dict"}}, supports_check_mode=True)
    module.exit_json(changed=False, results=[{"index": index} for index in range(len(module.params["batch"]))])


if __name__ == "__main__":
    main()

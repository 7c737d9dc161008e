# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three slices of one job on three machines, with AWX's engine: ansible-runner over a receptor mesh on loopback.

:mod:`mesh.scenario` contains the steps; docs/several-machines.md describes them for users.
"""

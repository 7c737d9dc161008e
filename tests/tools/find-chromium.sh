#!/usr/bin/env bash
# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prints the path of a Chromium: CHROMIUM, or the first one on PATH under a name that it has in some distribution.
set -euo pipefail

for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
    if [ -n "$name" ] && type -P "$name"; then
        exit 0
    fi
done
echo "No Chromium was found: install it (on Debian and Ubuntu: apt-get install chromium), or name one with CHROMIUM" >&2
exit 1

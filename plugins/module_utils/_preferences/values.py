# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that only some versions accept; refused before the first write."""

from __future__ import annotations

import typing as t
import zoneinfo

from .._grafana.client import Client
from .._grafana.errors import Unsupported
from .._grafana.versions import PREFERENCES_KNOWN, PREFERRED_LANGUAGE, THEME_SYSTEM, ZONES_CHECKED, Version

#: Themes that every version accepts.
_THEMES = ("light", "dark")
#: Further themes with the first version that may accept them: all known versions before do not (recorded, and from the sources
#: of 11.5.1, 12.4.3 and 13.1). They are experimental, but for ``system``.
_LATER_THEMES: dict[str, Version] = {
    "system": THEME_SYSTEM,
    **dict.fromkeys(("midnight", "blue-night"), Version(10, 1)),
    "debug": Version(11, 1),
    **dict.fromkeys(
        ("aubergine", "desertbloom", "gildedgrove", "gloom", "mars", "matrix", "sapphiredusk", "synthwave"), Version(11, 6)
    ),
    **dict.fromkeys(("tron", "victorian", "zen"), Version(11, 6)),
    **dict.fromkeys(("deut_prot_dark", "deut_prot_light", "tritanopia_dark", "tritanopia_light"), Version(12, 5)),
    **dict.fromkeys(("visual_refresh_dark", "visual_refresh_light"), Version(12, 5)),
}
#: Time zones that are not in the IANA database, and that Grafana knows.
_ZONES = ("utc", "browser")


def check_values(client: Client, values: t.Mapping[str, str]) -> None:
    """Raise :class:`Unsupported` for a value that this server's version does not accept; never for a hidden version."""
    if values.get("theme"):
        _check_theme(client, values["theme"])
    if values.get("language") and client.at_least(PREFERRED_LANGUAGE) is False:
        raise Unsupported(
            "language needs Grafana %s or later, and %s is %s: leave language out"
            % (PREFERRED_LANGUAGE, client.connection.url, client.version())
        )
    if values.get("timezone") and client.at_least(ZONES_CHECKED) and not _zone_exists(values["timezone"]):
        raise Unsupported(
            "timezone %r is not a time zone: Grafana %s and later accept the names of the IANA database (such as Europe/Prague, "
            "in this spelling), utc, browser, and an empty string; if the name is right, update the time zone database of this "
            "host" % (values["timezone"], ZONES_CHECKED)
        )


def _check_theme(client: Client, theme: str) -> None:
    since = _LATER_THEMES.get(theme)
    if theme in _THEMES or (since is not None and client.at_least(since) is not False):
        return
    if since is not None:
        raise Unsupported(
            "the theme %s needs Grafana %s or later, and %s is %s: use light or dark"
            % (theme, since, client.connection.url, client.version())
        )
    if client.at_least(PREFERENCES_KNOWN) is False:
        raise Unsupported(
            "Grafana %s does not have the theme %r: use light, dark, or system (%s and later)"
            % (client.version(), theme, THEME_SYSTEM)
        )


def _zone_exists(name: str) -> bool:
    """Return whether *name* is a time zone; ``True`` for every name if this host has no database of time zones."""
    if name in _ZONES:
        return True
    try:
        zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return not zoneinfo.available_timezones()
    return True

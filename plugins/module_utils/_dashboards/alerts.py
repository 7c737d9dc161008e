# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alerts in the panels of old dashboards, whose data sources the server looks up when it writes the dashboard.

8.5 does so always, 9 and 10 with the alerting of panels enabled. A missing data source is a 500 without a reason (recorded).
"""

from __future__ import annotations

from .._grafana.errors import Forbidden, GrafanaError, Refused, ServerError
from .._grafana.scope import Scope
from .._grafana.secrets import masked
from .._grafana.versions import PANEL_ALERTS_OPTIONAL
from .._text.listed import listed
from .formats.references import PanelAlert, panel_alerts
from .imports import data_sources, filled_in
from .model import DesiredDashboard, label
from .packed import whole

_CODE = "alert_source_missing"


def check_alerts(scope: Scope, desired: DesiredDashboard) -> None:
    """Raise :class:`Refused` for panel alerts without their data source, on servers that always refuse them (before 9.0)."""
    if scope.client.at_least(PANEL_ALERTS_OPTIONAL) is not False:
        return
    try:
        missing = _missing(scope, desired)
    except Forbidden:
        return  # Before 9.0 only Admins may list data sources; for other callers explain() says what the server meant.
    if missing:
        raise Refused("dashboard %s: %s" % (label(desired), _sentence(scope, missing, "the server refuses it")), code=_CODE)


def explain(scope: Scope, desired: DesiredDashboard, problem: GrafanaError) -> GrafanaError:
    """Return a clearer error for a 500 to a dashboard with panel alerts, otherwise *problem* itself."""
    if not isinstance(problem, ServerError) or not panel_alerts(whole(desired.body)):
        return problem
    desired = filled_in(scope, desired)
    try:
        missing = _missing(scope, desired)
    except GrafanaError:
        return type(problem)(
            "%s; the server answers so if a panel alert lacks its data source, and the caller may not list the data sources of "
            "%s: check that these exist: %s" % (problem.message, scope.where(), _named(panel_alerts(whole(desired.body)))),
            **problem.details,
        )
    if not missing:
        return problem
    return Refused(
        "dashboard %s: %s" % (label(desired), _sentence(scope, missing, problem.message)), code=_CODE, **problem.details
    )


def _missing(scope: Scope, desired: DesiredDashboard) -> list[PanelAlert]:
    """Return the alerts whose data source the organization lacks. Raises :class:`Forbidden` if the caller may not list them."""
    alerts = panel_alerts(whole(desired.body))
    if not alerts:
        return []
    known = data_sources(scope)
    names = {str(source.get(key)) for source in known for key in ("uid", "name")}
    default = any(source.get("isDefault") for source in known)
    return [alert for alert in alerts if not (alert.source in names if alert.source else default)]


def _sentence(scope: Scope, missing: list[PanelAlert], answer: str) -> str:
    return "%s lacks data sources of its panel alerts (%s): %s; create the data source, or remove the alert from the panel" % (
        scope.where(),
        _named(missing),
        answer,
    )


def _named(alerts: list[PanelAlert]) -> str:
    """Return alerts with their data sources as text."""
    texts = [
        "alert %s of panel %s: %s" % (masked(alert.name), masked(alert.panel), masked(alert.source) or "the default data source")
        for alert in alerts
    ]
    return listed(texts, 5)


__all__ = ["check_alerts", "explain"]

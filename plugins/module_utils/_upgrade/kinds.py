# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of findings before an upgrade of Grafana."""

from __future__ import annotations

import typing as t

from .._api_keys.api import LIST_CAP
from .._migration.plan import MORE_LOGINS

INFO, DECISION = "info", "decision"


class Kind(t.NamedTuple):
    """The parts that all findings of a kind share: *why* names the version with the change, *do* says what to do."""

    severity: str
    why: str
    do: str


_REPLACE = "create a service account and a token instead (grafana_service_account, grafana_sa_token)"

KINDS: dict[str, Kind] = {
    "keys_migrate": Kind(
        INFO,
        "from 11.6 on, each start of the server migrates every API key to a service account of its own; secret, id, name, role "
        "and expiry stay the same",
        "nothing; or migrate the keys before, with names that you choose (grafana_apikey_migrate), or rename the accounts later "
        "(its option adopt)",
    ),
    "keys_stay": Kind(
        INFO,
        "up to 11.5, API keys continue to work unchanged",
        "nothing for this upgrade; from 9.1 on, grafana_apikey_migrate can migrate them to service accounts",
    ),
    "keys_expired": Kind(
        INFO,
        "from 11.6 on, expired API keys are migrated like all other keys: they become expired tokens",
        "delete them before (grafana_apikey_migrate with expired_keys: delete), or leave them",
    ),
    "keys_gone": Kind(INFO, "from 12.1 on, Grafana has no API keys", "nothing: there are no API keys to migrate"),
    "login_taken": Kind(
        DECISION,
        "from 11.6 on, the migration at the start skips a key if no login for its account is free; from 12.1 on, the server "
        "refuses such a key (401)",
        "reissue the key before the upgrade (grafana_apikey_migrate with mode: reissue), or delete the accounts that have the "
        "logins",
    ),
    "login_numbered": Kind(
        INFO,
        "if a login is in use, the migration at the start appends -001 to -0%d to it" % MORE_LOGINS,
        "nothing, unless a script or a person looks up accounts by login",
    ),
    "same_name": Kind(
        DECISION,
        "from 11.6 on, the migration at the start does not check names, so two service accounts will have the same name",
        "rename the existing account, or reissue the key (grafana_apikey_migrate with mode: reissue)",
    ),
    "keys_left": Kind(
        DECISION,
        "from 11.6 on, each start migrates all keys, so the migration of this key has failed; from 12.1 on, the server refuses "
        "a key that was never migrated (401)",
        "read the server's log, and migrate or reissue the key now (grafana_apikey_migrate)",
    ),
    "list_cut": Kind(
        DECISION,
        "the server lists at most %d API keys, and does not report that there are more (all versions)" % LIST_CAP,
        "delete or migrate some of the keys and run this again, or accept that the findings do not cover the others",
    ),
    "logins_change": Kind(
        INFO,
        "10.4.1 adds the organization to the logins of all service accounts: sa-autogen-1-ci becomes sa-1-autogen-1-ci",
        "update scripts that look up these accounts by login; names and tokens stay the same",
    ),
    "migration_destroys": Kind(
        DECISION,
        "in 9.1 to 9.3, with [users] auto_assign_org off, the server's own migration returns 200 and destroys the keys",
        "migrate no key before Grafana 9.4 runs, or set auto_assign_org = true first; the upgrade itself does not destroy keys",
    ),
    "token_lifetime": Kind(
        INFO,
        "the setting applies to tokens too (token_expiration_day_limit from 9.4 on; from 12.4 on, it also refuses tokens "
        "that never expire); a migrated key keeps its expiry, or never expires as before",
        "give new tokens a lifetime within the limit (seconds_to_live)",
    ),
    "no_new_keys": Kind(INFO, "from 11.3 on, the server refuses POST /api/auth/keys (410)", _REPLACE),
    "keys_end": Kind(
        INFO,
        "from 12.1 on, /api/auth/keys and /api/serviceaccounts/migrate do not exist (404), and the server refuses keys that were "
        "never migrated (401); an upgrade from a version below 11.6 migrates all keys at the first start",
        "after the first start, test the keys (verify_keys of grafana_apikey_migrate) before other systems depend on them",
    ),
    "unknown_version": Kind(
        INFO,
        "this collection knows Grafana up to 13.1",
        "read what the release notes of the version say about service accounts and API keys",
    ),
    "withdrawn_version": Kind(
        DECISION,
        "Grafana withdrew 13.0.0 because it loses data with Git Sync, which is on by default",
        "never install this version; upgrade to a later one",
    ),
    "storage_migrates": Kind(
        INFO,
        "from 13.0 on, the first start migrates folders and dashboards to unified storage; after a downgrade, the older version "
        "reads its old tables, without what was written since the upgrade",
        "back up the database directly before the upgrade; to go back, restore that backup",
    ),
    "orgs_remain": Kind(
        INFO,
        "13.1 and 13.2 answer 500 to each deletion of an organization, 12.0.0 and 12.0.1 to some",
        "delete organizations that nobody needs before the upgrade; afterwards grafana_org can only empty them (on_undeletable)",
    ),
    "not_a_member": Kind(
        DECISION,
        "Grafana shows API keys only to members of the organization (all versions)",
        "have the caller added to the organization and run this again, or accept that the findings do not cover it",
    ),
    "not_permitted": Kind(
        DECISION,
        "Grafana shows API keys and service accounts only to admins of the organization, and to users with the permissions "
        "apikeys:read and serviceaccounts:read",
        "run this as an admin of the organization, or accept that the findings do not cover it",
    ),
    "orgs_unseen": Kind(
        DECISION,
        "only server admins can list all organizations (all versions)",
        "run this as a server admin with user and password, or accept that the findings do not cover other organizations",
    ),
    "request_breaks": Kind(
        DECISION,
        "from 11.3 on, the server refuses to create keys (410); from 11.6 on, all keys are tokens, so deleting a key returns "
        "404; from 12.1 on, every request returns 404",
        _REPLACE,
    ),
    "request_finds_nothing": Kind(
        DECISION,
        "from 11.6 on, all keys are tokens after the first start, so the list of keys is empty",
        "read service accounts and tokens instead (grafana_service_account_info, grafana_sa_token_info)",
    ),
    "request_unclear": Kind(
        DECISION,
        "whether the request breaks depends on its method, which the code does not show: from 11.3 on, the server refuses POST "
        "(410); from 11.6 on, DELETE finds no key (404)",
        "read the lines, and add the finding to decided if they do no harm",
    ),
    "request_stays": Kind(
        INFO,
        "creating keys works up to 11.2, reading and deleting them works up to 11.5",
        "nothing for this upgrade",
    ),
    "request_broken": Kind(
        INFO,
        "the present version responds to it in the same way",
        "remove it; " + _REPLACE,
    ),
    "key_in_clear": Kind(
        INFO,
        "a migrated key keeps its secret, so it continues to work for everybody who can read the file",
        "move it to a secret store, or reissue it (grafana_apikey_migrate with mode: reissue) and delete the old key",
    ),
    "not_scanned": Kind(
        DECISION,
        "the module did not read the file",
        "check the file yourself, or name it in scan_exclude",
    ),
}

# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kinds of what there is to know and to decide before an upgrade of Grafana, where there are API keys."""

from __future__ import annotations

import typing as t

from .._api_keys.api import LIST_CAP
from .._migration.plan import MORE_LOGINS

INFO, DECISION = "info", "decision"


class Kind(t.NamedTuple):
    """What all findings of a kind share: *why* names the version that brings it, *do* what to do."""

    severity: str
    why: str
    do: str


_REPLACE = "make a service account and a token instead (grafana_service_account, grafana_sa_token)"

KINDS: dict[str, Kind] = {
    "keys_migrate": Kind(
        INFO,
        "from 11.6 on each start of the server turns every API key into a service account of its own; secret, id, name, role "
        "and expiry live on",
        "nothing, or migrate before with names of your choice (grafana_apikey_migrate), or rename the accounts later (its adopt)",
    ),
    "keys_stay": Kind(
        INFO,
        "up to 11.5 API keys go on to work as they are",
        "nothing for this upgrade; grafana_apikey_migrate turns them into service accounts from 9.1 on",
    ),
    "keys_expired": Kind(
        INFO,
        "expired API keys are migrated like all others, as expired tokens (from 11.6 on)",
        "delete them before, with grafana_apikey_migrate and expired_keys: delete, or leave them",
    ),
    "keys_gone": Kind(INFO, "from 12.1 on Grafana has no API keys, and shows none", "nothing: there is nothing left to migrate"),
    "login_taken": Kind(
        DECISION,
        "the migration at the start (11.6 on) leaves out a key for whose account it finds no free login, and from 12.1 on "
        "such a key is answered with 401",
        "reissue the key before (grafana_apikey_migrate with mode: reissue), or delete the accounts that have the logins",
    ),
    "login_numbered": Kind(
        INFO,
        "where a login is taken the migration at the start tries -001 to -0%d behind it" % MORE_LOGINS,
        "nothing, unless somebody finds accounts by their login",
    ),
    "same_name": Kind(
        DECISION,
        "the migration at the start (11.6 on) does not look at names, so two service accounts will have the same one, and "
        "nobody can tell them apart by it",
        "rename the account that is there, or reissue the key (grafana_apikey_migrate with mode: reissue)",
    ),
    "keys_left": Kind(
        DECISION,
        "each start of this version (11.6 on) migrates all keys, so the migration has failed for this one; from 12.1 on a key "
        "that was never migrated is answered with 401",
        "look into the server's log, and migrate or reissue it now (grafana_apikey_migrate)",
    ),
    "list_cut": Kind(
        DECISION,
        "the server's list of API keys ends at %d, without a word (all versions)" % LIST_CAP,
        "delete or migrate some of them and run this again, or accept that the others are not told of",
    ),
    "logins_change": Kind(
        INFO,
        "10.4.1 puts the organization into the logins of all service accounts: sa-autogen-1-ci becomes sa-1-autogen-1-ci",
        "correct what finds these accounts by their login; names and tokens stay as they are",
    ),
    "migration_destroys": Kind(
        DECISION,
        "at 9.1 to 9.3, with [users] auto_assign_org off, the server's own migration answers 200 and destroys the keys",
        "migrate no key before Grafana 9.4 runs, or set auto_assign_org = true first; upgrading by itself harms nothing",
    ),
    "token_lifetime": Kind(
        INFO,
        "the setting holds for tokens too (token_expiration_day_limit from 9.4 on; from 12.4 on it also refuses tokens without "
        "a lifetime); a migrated key keeps its own expiry, or none",
        "give successors a lifetime within it (seconds_to_live)",
    ),
    "no_new_keys": Kind(INFO, "POST /api/auth/keys is answered with 410 from 11.3 on", _REPLACE),
    "keys_end": Kind(
        INFO,
        "/api/auth/keys and /api/serviceaccounts/migrate are 404 from 12.1 on, and keys that were never migrated are answered "
        "with 401; an upgrade from below 11.6 migrates all of them at its first start",
        "after the first start see that keys work (verify_keys of grafana_apikey_migrate), before anything else depends on it",
    ),
    "unknown_version": Kind(
        INFO,
        "this collection knows Grafana up to 12.4",
        "read the release notes of the version for service accounts and API keys",
    ),
    "not_a_member": Kind(
        DECISION,
        "API keys are shown to members of the organization only (all versions)",
        "let somebody add the caller to the organization and run this again, or accept that nothing is told of it",
    ),
    "not_permitted": Kind(
        DECISION,
        "API keys and service accounts are shown to admins of the organization, or to those with the permissions apikeys:read "
        "and serviceaccounts:read",
        "run this as an admin of the organization, or accept that nothing is told of it",
    ),
    "orgs_unseen": Kind(
        DECISION,
        "only server admins can list all organizations (all versions)",
        "run this as a server admin with user and password, or accept that other organizations are not told of",
    ),
    "request_breaks": Kind(
        DECISION,
        "making keys is answered with 410 from 11.3 on; from 11.6 on all keys are tokens, so deleting one is 404; from 12.1 on "
        "every request is 404",
        _REPLACE,
    ),
    "request_finds_nothing": Kind(
        DECISION,
        "from 11.6 on all keys are tokens after the first start, so the list of keys is empty",
        "ask for service accounts and tokens instead (grafana_service_account_info, grafana_sa_token_info)",
    ),
    "request_unclear": Kind(
        DECISION,
        "whether the request breaks depends on its method, and that cannot be told: POST is answered with 410 from 11.3 on, "
        "DELETE finds nothing from 11.6 on",
        "look at the lines, and name the finding in decided where they do no harm",
    ),
    "request_stays": Kind(
        INFO,
        "making keys works up to 11.2, reading and deleting them up to 11.5",
        "nothing for this upgrade",
    ),
    "request_broken": Kind(
        INFO,
        "it is answered so already by the version that runs now",
        "take it away; " + _REPLACE,
    ),
    "key_in_clear": Kind(
        INFO,
        "a migrated key keeps its secret, so it goes on to work for everybody who can read the file",
        "move it to a safe place, or reissue it (grafana_apikey_migrate with mode: reissue) and delete the old one",
    ),
    "not_scanned": Kind(
        DECISION,
        "the file was not looked at",
        "look yourself, or name it in scan_exclude",
    ),
}

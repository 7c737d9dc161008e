from .items import items
from .removal import users_of
from .results import Results, tenants
from .steps import Item, Tenant


def report(
    chunk: t.Sequence[Tenant],
    results: Results,
    missing: str = "fail",
    organizations: t.Sequence[Tenant] = (),
    checked: t.Mapping[str, t.Any] | None = None,
) -> list[Item]:
    """Return what happened to each tenant of *chunk*, see :func:`tenants`.

    *missing* is ``org_bootstrap_missing_members``. *organizations* are all tenants, and *checked* is the result of the step
    ``organizations`` for the absent ones in check mode, both for users who are removed.
    """
    owners = {
        "users": [item["initial_org_name"] for item in items(chunk, "users", results[:1])],
        "removed_users": [user["tenant"] for user in users_of(chunk, organizations, checked or {})],
    }
    return tenants(chunk, results, owners, missing)

# Copyright (c) 2026, orgsmith contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interface of all sinks, and the metadata that they store.

A sink stores one key, and beside it metadata: facts about the key that the server does not report later. The metadata
contains no secret. Each type of sink has a module of its own in this package, and an entry in ``registry.py``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import typing as t
from dataclasses import asdict, dataclass, field

from .._grafana.connection import OrgChoice
from .._grafana.errors import BadInput
from .private_files import StoreError

__all__ = ["NOTHING", "KeyOwner", "Metadata", "Previous", "Shared", "Sink", "StoreError", "Stored", "fingerprint"]


@dataclass(frozen=True)
class Previous:
    """A replaced token that still exists; times are ISO 8601 in UTC.

    *replaced* is the time of its replacement. The task that replaced it promised how long its key works: until *keep_until*,
    or as long as it was used within the last *unused_for* seconds. Without a promise the next run deletes the token.
    """

    id: int
    name: str
    replaced: str
    keep_until: str | None = None
    unused_for: int | None = None

    def plain(self) -> dict[str, t.Any]:
        """Return the token as a dictionary, without empty values."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def parse(cls, source: t.Mapping[str, t.Any]) -> Previous:
        """Return the token that :meth:`plain` wrote. Raises :class:`KeyError`, :class:`TypeError` or :class:`ValueError`."""
        unused_for = source.get("unused_for")
        return cls(
            int(source["id"]),
            str(source["name"]),
            str(source["replaced"]),
            source.get("keep_until"),
            None if unused_for is None else int(unused_for),
        )


@dataclass(frozen=True)
class Metadata:
    """Facts about a stored key; times are ISO 8601 in UTC by the server's clock."""

    token_id: int | None = None
    name: str | None = None
    #: The option ``name`` of the task, from which *name* was made.
    base_name: str | None = None
    service_account_id: int | None = None
    service_account: str | None = None
    org_id: int | None = None
    org_name: str | None = None
    server: str | None = None
    created: str | None = None
    expires: str | None = None
    #: The result of :func:`fingerprint` for the key.
    fingerprint: str | None = None
    #: When this collection last tested the key; the server counts the test as a use, but no client used the key.
    proved: str | None = None
    #: Names of tokens that a run was going to create; their keys may be lost.
    pending: tuple[str, ...] = field(default=())
    #: When a run last added a name to *pending*.
    noted: str | None = None
    #: Tokens that this one replaces and that a run has to delete, now or later.
    previous: tuple[Previous, ...] = field(default=())

    def plain(self) -> dict[str, t.Any]:
        """Return the metadata as a dictionary for JSON, without empty values."""
        values = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items() if value}
        if self.previous:
            values["previous"] = [previous.plain() for previous in self.previous]
        return values

    def text(self) -> str:
        """Return the metadata as one line of JSON with sorted keys."""
        return json.dumps(self.plain(), sort_keys=True)

    @classmethod
    def parse(cls, source: t.Any) -> Metadata | None:
        """Return the metadata in *source*, a JSON text or a dictionary; ``None`` for anything else. Ignores unknown names."""
        if isinstance(source, str):
            try:
                source = json.loads(source)
            except ValueError:
                return None
        if not isinstance(source, dict):
            return None
        values = {name: source[name] for name in cls.__dataclass_fields__ if name in source}
        values["pending"] = tuple(str(name) for name in values.get("pending") or ())
        try:
            values["previous"] = tuple(Previous.parse(one) for one in values.get("previous") or ())
        except (KeyError, TypeError, ValueError):
            values["previous"] = ()
        return cls(**values)


@dataclass(frozen=True)
class Stored:
    """The current content of a sink. *there* is true if the sink holds anything that ``remove`` would delete.

    *key* is ``None`` if there is no key, or if the sink cannot return it; *fingerprint* is ``None`` only without a key.
    *revision* identifies this content for the sink, so that a write does not overwrite the change of another run.
    """

    metadata: Metadata | None = None
    fingerprint: str | None = None
    there: bool = False
    key: str | None = field(default=None, repr=False)
    revision: t.Any = None
    #: Why the key is unusable (one of ``_tokens.model.REASONS``), if the action plugin tested it instead of the module.
    refused: str | None = None
    #: Whether the server accepts a key that the metadata does not describe, if the action plugin tested it.
    works: bool = False


#: The content of an empty sink.
NOTHING = Stored()


def fingerprint(key: str) -> str:
    """Return a value that identifies *key* but does not reveal it. A plain hash is enough: a key has 190 random bits."""
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


class KeyOwner(t.NamedTuple):
    """The token or API key that a sink is for; fills in the templates of the sink's options. An API key has no account."""

    org: OrgChoice
    service_account: str | int | None
    name: str

    def fill(self, template: str, option: str, quote: t.Callable[[str], str] = str) -> str:
        """Return *template* with ``{org_name}``, ``{org_id}``, ``{service_account}`` and ``{name}`` replaced by their values.

        *quote* converts each value, and *option* is the option's name for messages. Raises :class:`BadInput` for any other
        name in braces, and for a value that the task does not set.
        """
        values = {
            "org_name": self.org.name,
            "org_id": self.org.id,
            "service_account": self.service_account,
            "name": self.name,
        }
        parts = []
        rest = template
        while rest:
            before, brace, after = rest.partition("{")
            parts.append(before)
            if not brace:
                break
            word, closing, rest = after.partition("}")
            if not closing or word not in values:
                raise BadInput(
                    "sink.%s: {%s} is unknown; known are %s" % (option, word, ", ".join("{%s}" % one for one in values))
                )
            value = values[word]
            if value is None and word == "service_account":
                raise BadInput("sink.%s uses {service_account}, but an API key has none: use {name}" % option)
            if value is None:
                other = "org_id" if word == "org_name" else "org_name"
                raise BadInput(
                    "sink.%s uses {%s}, which this task does not set: name the organization by %s, or use {%s}"
                    % (option, word, word, other)
                )
            parts.append(quote(str(value)))
        return "".join(parts)


class Shared(t.NamedTuple):
    """State that all sinks of a task share: *hide* masks a secret in all output, *kept* caches objects such as clients."""

    hide: t.Callable[[str], None]
    kept: dict[t.Hashable, t.Any]


class Sink:
    """The interface of all sinks. An instance stores one key.

    The constructor takes the task's ``sink`` options, the :class:`KeyOwner` and :class:`Shared`; it reads and writes nothing,
    and raises :class:`BadInput` for invalid options. All methods may raise :class:`StoreError`. Its message names the sink
    and never contains a secret.
    """

    #: The value of the option ``type``.
    type = ""
    #: Options of ``sink`` that this type has; those in REQUIRED have to be set.
    OPTIONS: t.ClassVar[tuple[str, ...]] = ()
    REQUIRED: t.ClassVar[tuple[str, ...]] = ()
    #: Whether ``locked`` excludes all other runs: then no other run is creating the token of a pending name. In sinks without
    #: locks each write costs more (a version, an entry in a log), so changes of the metadata wait for the next write of a key.
    locks = False
    #: Whether the controller writes after the module has ended: the module must not delete old tokens, and the controller
    #: writes the names of pending tokens.
    deferred = False
    #: Whether the sink can return the key, to check that it still is the stored one.
    readable = True

    def __init__(self, options: t.Mapping[str, t.Any], owner: KeyOwner, shared: Shared) -> None:
        raise NotImplementedError

    @property
    def where(self) -> str:
        """The location of the key as text, for results, diffs and messages; equal texts mean the same location."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise for problems with the location that this host can detect; sends no request."""

    def probe(self) -> None:
        """Raise for everything that would prevent storing a key; changes nothing. Called before a token is created."""
        self.check()

    def read(self) -> Stored:
        """Return the current content."""
        raise NotImplementedError

    def write(self, key: str, metadata: Metadata, before: Stored) -> Stored:
        """Replace the content *before* by *key* and *metadata*; return the new content, read again as far as possible.

        Raises :class:`Stale` if another run has written since *before* was read.
        """
        raise NotImplementedError

    def remember(self, metadata: Metadata | None, before: Stored) -> Stored:
        """Replace only the metadata of the content *before* (``None`` deletes it); return the new content.

        Raises :class:`Stale` if another run has written since *before* was read.
        """
        raise NotImplementedError

    def remove(self) -> None:
        """Delete key and metadata; a missing one is not an error."""
        raise NotImplementedError

    @contextlib.contextmanager
    def locked(self) -> t.Iterator[None]:
        """Exclude other runs during the context, if the sink can."""
        yield

    def hints(self) -> t.Sequence[str]:
        """Return warnings about options that are allowed and unwise."""
        return ()

    def paths(self) -> tuple[str, ...]:
        """Return the files on this host that hold the key, so that their directories can be checked."""
        return ()

"""The store that a setting names, and the pool that answers queries of others on it."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import platformdirs

from ineq_kg.errors import NotOnRemote
from ineq_kg.store.embedded import EmbeddedStore
from ineq_kg.store.limits import Limits
from ineq_kg.store.pool import Pool
from ineq_kg.store.protocol import Store
from ineq_kg.store.remote.endpoint import Endpoint, Location
from ineq_kg.store.retention import NEWEST, Retention


def open_store(location: Location, retention: Retention = NEWEST) -> Store:
    """Return the store at this place. Nothing is opened and nothing asked before it is needed."""
    if isinstance(location, Endpoint):
        from ineq_kg.store.remote.store import RemoteStore  # and an HTTP client with it, which a directory needs not

        return RemoteStore(location)
    return EmbeddedStore(location, retention)


def pool_for(store: Store, limits: Limits) -> Pool:
    """Return what answers queries of others on a store: processes of their own, or connections that can be cut."""
    if isinstance(store, EmbeddedStore):
        return Pool(limits)
    from ineq_kg.store.remote.store import RemoteStore
    from ineq_kg.store.remote.worker import RemoteWorker

    return Pool(limits, partial(RemoteWorker, store) if isinstance(store, RemoteStore) else None)


def directory_of(store: Store) -> Path | None:
    """Return the directory that a store is in, if it is in one."""
    return store.directory if isinstance(store, EmbeddedStore) else None


def folder_beside(store: Store, name: str) -> Path:
    """Return a folder for what can be made again: beside the store, or for one on another machine among this user's files."""
    if isinstance(store.location, Endpoint):
        place = hashlib.sha256(str(store.location).encode()).hexdigest()[:16]
        return Path(platformdirs.user_cache_dir("ineq-kg")) / name / place
    return Path(str(store.location)) / name


def in_directory(store: Store, what: str) -> EmbeddedStore:
    """Return the store, if it is in a directory. Raises NotOnRemote, which says `what` it cannot do, for any other."""
    if isinstance(store, EmbeddedStore):
        return store
    raise not_on_remote(store.location, what)


def not_on_remote(place: Location, what: str) -> NotOnRemote:
    """Return the error of what a store on another machine cannot do."""
    return NotOnRemote(
        f"{place} is a store on another machine, which has no {what}",
        mend="Use what that server has for it, or a store in a directory.",
    )

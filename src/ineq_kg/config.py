"""Settings, read once where the program starts and passed down as values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True)
class Settings:
    """Where things are. `store` is the directory of the triple store, `queries` a folder of `.rq` files or None for ours."""

    store: Path
    queries: Path | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ, *, store: Path | None = None) -> Settings:
        """Return the settings: an explicit `store` wins over INEQ_KG_STORE, which wins over the user's data directory."""
        chosen = store or environment.get("INEQ_KG_STORE")
        directory = Path(chosen) if chosen else Path(platformdirs.user_data_dir("ineq-kg")) / "store"
        queries = environment.get("INEQ_KG_QUERIES")
        return cls(store=directory, queries=Path(queries) if queries else None)

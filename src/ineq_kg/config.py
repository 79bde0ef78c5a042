"""Settings, read once where the program starts and passed down as values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, BeforeValidator, ByteSize, Field, TypeAdapter, ValidationError

from ineq_kg.app import App
from ineq_kg.errors import InputError
from ineq_kg.operating import LogFormat, Network, Operating, Rate, networks, origins
from ineq_kg.queries.catalogue import Catalogue
from ineq_kg.queries.definition import NamedQuery
from ineq_kg.store.allowed import Allowed
from ineq_kg.store.limits import MIB, Limits
from ineq_kg.store.opening import open_store
from ineq_kg.store.remote.endpoint import Endpoint, Location, Union, is_address
from ineq_kg.store.retention import Retention

DefaultGraph = Literal["union", "unnamed"]
# The file that says who may write, in a store's directory.
TOKENS = "tokens.json"
_COUNT: TypeAdapter[Any] = TypeAdapter(int)
_AT_LEAST_ONE: TypeAdapter[Any] = TypeAdapter(Annotated[int, Field(ge=1)])
_DAYS: TypeAdapter[Any] = TypeAdapter(Annotated[float, Field(ge=0, allow_inf_nan=False)])
_SIZE: TypeAdapter[Any] = TypeAdapter(ByteSize)
_SERVICES: TypeAdapter[Any] = TypeAdapter(
    Annotated[str, AfterValidator(lambda text: Allowed.read(text.split()))]  # its own error says what is wrong
)
_KEPT: TypeAdapter[Any] = TypeAdapter(Annotated[ByteSize, Field(ge=MIB)])
_SECONDS: TypeAdapter[Any] = TypeAdapter(Annotated[float, Field(allow_inf_nan=False)])
_YES: TypeAdapter[Any] = TypeAdapter(bool)
_NETWORKS: TypeAdapter[Any] = TypeAdapter(Annotated[tuple[Network, ...], BeforeValidator(networks)])
_TIME: TypeAdapter[Any] = TypeAdapter(Annotated[float, Field(gt=0, allow_inf_nan=False)])
_TEXT: TypeAdapter[Any] = TypeAdapter(str)
_UNION: TypeAdapter[Any] = TypeAdapter(Union)


@dataclass(frozen=True)
class _Setting:
    """How one of the settings is set: the variable, how its text is read, an example, and whether it may be `none`."""

    variable: str
    reader: TypeAdapter[Any]
    example: str
    optional: bool = True

    def read(self, name: str, text: str) -> Any:
        """Return the value that `text` writes. Raises InputError that calls the setting by `name`."""
        if self.optional and text.strip().lower() == "none":
            return None
        try:
            return self.reader.validate_python(text.strip())
        except ValidationError as error:
            mend = f"For example {self.example}{', or none' if self.optional else ''}."
            raise InputError(f"{name}: {text!r} cannot be read as such a setting", mend=mend) from error


# For each of the limits on queries, by its name there.
LIMITS = {
    "workers": _Setting("INEQ_KG_WORKERS", _COUNT, "4", optional=False),
    "seconds": _Setting("INEQ_KG_QUERY_TIMEOUT", _SECONDS, "30"),
    "memory": _Setting("INEQ_KG_QUERY_MEMORY", _SIZE, "1GiB"),
    "result_bytes": _Setting("INEQ_KG_RESULT_LIMIT", _SIZE, "64MiB"),
    "result_rows": _Setting("INEQ_KG_RESULT_ROWS", _COUNT, "1000000"),
    "waiting": _Setting("INEQ_KG_QUEUE", _COUNT, "64", optional=False),
    "patience": _Setting("INEQ_KG_QUEUE_TIMEOUT", _SECONDS, "30"),
    "client_running": _Setting("INEQ_KG_CLIENT_WORKERS", _COUNT, "1", optional=False),
    "client_waiting": _Setting("INEQ_KG_CLIENT_QUEUE", _COUNT, "16", optional=False),
    "services": _Setting("INEQ_KG_SERVICES", _SERVICES, "https://query.wikidata.org/sparql", optional=False),
}


# Likewise for which versions are kept.
RETENTION = {
    "keep": _Setting("INEQ_KG_KEEP", _AT_LEAST_ONE, "8", optional=False),
    "days": _Setting("INEQ_KG_KEEP_DAYS", _DAYS, "30"),
}


# Likewise for how the service is run.
OPERATING = {
    "log": _Setting("INEQ_KG_LOG", TypeAdapter(LogFormat), "json, text, none or auto", optional=False),
    "log_queries": _Setting("INEQ_KG_LOG_QUERIES", _YES, "yes", optional=False),
    "metrics_from": _Setting("INEQ_KG_METRICS_FROM", _NETWORKS, "127.0.0.1,10.0.0.0/8"),
    "rate": _Setting("INEQ_KG_RATE_LIMIT", TypeAdapter(Annotated[Rate, BeforeValidator(Rate.parse)]), "600/minute"),
    "trusted_proxies": _Setting("INEQ_KG_TRUSTED_PROXIES", _NETWORKS, "127.0.0.1"),
    "write_origins": _Setting(
        "INEQ_KG_WRITE_ORIGINS",
        TypeAdapter(Annotated[tuple[str, ...], BeforeValidator(origins)]),
        "https://editor.example.org",
    ),
    "shutdown": _Setting("INEQ_KG_SHUTDOWN_TIMEOUT", _SECONDS, "25", optional=False),
    "processes": _Setting("INEQ_KG_PROCESSES", _AT_LEAST_ONE, "4", optional=False),
    "answers": _Setting("INEQ_KG_ANSWERS", _KEPT, "256MiB"),
}


# Likewise for how a store on another machine is asked.
REMOTE = {
    "update": _Setting("INEQ_KG_STORE_UPDATE", _TEXT, "https://rdf.example.org/update"),
    "graphs": _Setting("INEQ_KG_STORE_GRAPHS", _TEXT, "https://rdf.example.org/data"),
    "dialect": _Setting("INEQ_KG_STORE_DIALECT", _TEXT, "fuseki"),
    "union": _Setting("INEQ_KG_STORE_UNION", _UNION, "listed", optional=False),
    "exclusive": _Setting("INEQ_KG_STORE_EXCLUSIVE", _YES, "true", optional=False),
    "timeout": _Setting("INEQ_KG_STORE_TIMEOUT", _TIME, "60", optional=False),
    "largest": _Setting("INEQ_KG_STORE_LARGEST", _SIZE, "256MiB", optional=False),
}
# What signs in to it, and a file that has this instead. Neither is ever shown.
STORE_AUTH, STORE_AUTH_FILE = "INEQ_KG_STORE_AUTH", "INEQ_KG_STORE_AUTH_FILE"


def _read(
    settings: Mapping[str, _Setting], environment: Mapping[str, str], given: Mapping[str, str | None]
) -> dict[str, Any]:
    """Return the settings that are `given`, by name, or in the environment; what is in neither is left out."""
    found: dict[str, Any] = {}
    for name, setting in settings.items():
        text = given.get(name)
        if text is not None:
            found[name] = setting.read(name, text)
        elif environment.get(setting.variable):
            found[name] = setting.read(setting.variable, environment[setting.variable])
    return found


def retention_from(environment: Mapping[str, str], given: Mapping[str, str | None]) -> Retention:
    """Return which versions are kept: what is `given` by name, `keep` or `days`, wins over the environment.

    Raises InputError for a value that cannot be one.
    """
    return Retention(**_read(RETENTION, environment, given))


def limits_from(environment: Mapping[str, str], given: Mapping[str, str | None]) -> Limits:
    """Return the limits on queries: what is `given` by the name of a limit wins over the environment, which wins over ours.

    Raises InputError for a value that is no such limit.
    """
    return Limits(**_read(LIMITS, environment, given))


def operating_from(environment: Mapping[str, str], given: Mapping[str, str | None]) -> Operating:
    """Return how the service is run: what is `given` by the name of a setting wins over the environment.

    Raises InputError for a value that cannot be one.
    """
    return Operating(**{"log": "auto", **_read(OPERATING, environment, given)})


def endpoint_from(environment: Mapping[str, str], address: str) -> Endpoint:
    """Return the server at an address, asked as the environment says. Raises InputError."""
    auth = environment.get(STORE_AUTH) or None
    file = environment.get(STORE_AUTH_FILE)
    if auth is None and file:
        try:
            auth = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"{STORE_AUTH_FILE}: {file} cannot be read", mend="Check the name, and who may read it."
            ) from error
    return Endpoint(address, auth=auth, **_read(REMOTE, environment, {}))


@dataclass(frozen=True)
class Settings:
    """Where things are, what queries may take, which versions are kept, and how the service is run.

    `store` is the directory of the triple store, or the server that has it, `queries` a folder of `.rq` files or None for ours,
    `tokens` the file that says who may write. `default_graph` is what a SPARQL query that names no graph asks: all graphs at
    once, or the unnamed one.
    """

    store: Location
    queries: Path | None = None
    limits: Limits = field(default_factory=Limits)
    retention: Retention = field(default_factory=Retention)
    tokens: Path | None = None
    default_graph: DefaultGraph = "union"
    operating: Operating = field(default_factory=Operating)

    @property
    def tokens_file(self) -> Path:
        """The file of tokens: the one that is named, else the one in the store's directory, or in the user's data."""
        return self.tokens or (self.store if isinstance(self.store, Path) else _own_data()) / TOKENS

    def open(self, catalogue: Catalogue[NamedQuery] | None = None) -> App:
        """Return an app with these settings, and with a catalogue that was read already, if any.

        Raises DefinitionsRejected where a query file is wrong, InputError where there is no such folder.
        """
        return App(
            open_store(self.store, self.retention),
            catalogue or App.read_queries(self.queries),
            self.limits,
            union=self.default_graph == "union",
        )

    @classmethod
    def read(
        cls,
        environment: Mapping[str, str] = os.environ,
        *,
        store: str | Path | None = None,
        queries: Path | None = None,
        limits: Mapping[str, str | None] | None = None,
        default_graph: str | None = None,
        operating: Mapping[str, str | None] | None = None,
    ) -> Settings:
        """Return the settings: an explicit `store` wins over INEQ_KG_STORE, which wins over the user's data directory.

        Both are a directory or the address of a server. Likewise `queries`, `default_graph`, and by the names of their fields,
        as text, `limits` and `operating` win. Raises InputError.
        """
        chosen = store or environment.get("INEQ_KG_STORE")
        remote = isinstance(chosen, str) and is_address(chosen)
        place = endpoint_from(environment, str(chosen)) if remote else Path(chosen or _own_data() / "store")
        folder = environment.get("INEQ_KG_QUERIES")
        tokens = environment.get("INEQ_KG_TOKENS")
        running = operating_from(environment, operating or {})
        # Two workers in each process at least, unless the user says otherwise: a query that runs away in one leaves another.
        given = (
            {"workers": str(max(Limits().workers, 2 * running.processes))}
            if "INEQ_KG_WORKERS" not in environment
            else {}
        )
        given |= {name: value for name, value in (limits or {}).items() if value is not None}
        return cls(
            store=place,
            queries=queries or (Path(folder) if folder else None),
            limits=limits_from(environment, given),
            retention=retention_from(environment, {}),
            tokens=Path(tokens) if tokens else None,
            operating=running,
            default_graph=_default_graph(default_graph or environment.get("INEQ_KG_DEFAULT_GRAPH") or "union"),
        )


def _own_data() -> Path:
    return Path(platformdirs.user_data_dir("ineq-kg"))


def _default_graph(name: str) -> DefaultGraph:
    try:
        return TypeAdapter[DefaultGraph](DefaultGraph).validate_python(name)
    except ValidationError as error:
        raise InputError(f"the default graph cannot be {name!r}", mend="It is `union` or `unnamed`.") from error

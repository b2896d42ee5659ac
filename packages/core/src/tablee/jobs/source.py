"""Standing orders that fill data sets: objects below a prefix, or a query.

    sources/{name}/source.json    the order; written anew when a person changes or pauses it
    sources/{name}/state.json     how it went; for the controller alone
    sources/{name}/taken.json     the objects that were taken or refused; for the controller alone

What a source may reach is named by connections, which the administrator keeps where no answer of ours shows them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tablee.datasets.manifest import TakenObject
from tablee.datasets.names import Name
from tablee.datasets.privacy import Actions
from tablee.datasets.reading import Corrections
from tablee.errors import InvalidRequest, NotFound, SourceNotFound
from tablee.storage.documents import D, Documents
from tablee.storage.locations import PlatformFolder
from tablee.storage.object_store import ObjectStore

FOLDER = PlatformFolder.SOURCES.prefix

ConnectionName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$")]
"""Name of a connection: the name of its file, as keys of a Kubernetes Secret are written."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Query(_Data):
    """The rows that a database gives for a SELECT are the data set."""

    kind: Literal["query"] = "query"
    connection: ConnectionName
    """Where: a connection that holds the URL of a database."""
    sql: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100_000)]
    """One SELECT. With an ORDER BY, the same rows are the same version whatever order the database keeps them in."""
    max_seconds: int = Field(900, ge=1, le=24 * 3600)
    """It is given up after so long."""


class Prefix(_Data):
    """Files that others put below a prefix of an object store."""

    kind: Literal["prefix"] = "prefix"
    address: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    """`s3://bucket/folder/`, or a folder of the platform's own object store such as `inbox/`."""
    connection: ConnectionName | None = None
    """Where and with which login; the platform's own when left out."""
    mode: Literal["append", "replace"] = "append"
    """`append`: the rows of every file are added, each file once. `replace`: the newest file is the data set."""
    options: Corrections = Corrections()
    """What is to be read otherwise than the files say."""
    strict: bool = False
    """Refuse a file of which something is not sure, instead of taking the default."""


class Every(_Data):
    """After so long, counted from the last beginning."""

    kind: Literal["every"] = "every"
    minutes: int = Field(ge=1, le=366 * 24 * 60)


class Cron(_Data):
    """At the times of a cron expression."""

    kind: Literal["cron"] = "cron"
    expression: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    """Five fields, in UTC: `30 6 * * 1-5` is half past six on working days."""


class SourceOrder(_Data):
    """What a person asks for."""

    dataset: Name | None = None
    """The data set that is filled; named as the source when left out."""
    of: Annotated[Query | Prefix, Field(discriminator="kind")]
    """Where the rows come from."""
    schedule: Annotated[Every | Cron, Field(discriminator="kind")] | None = None
    """When; without one, only when somebody asks."""
    actions: Actions = ()
    """What is done about personal data, every time, before anything is stored."""
    by: str | None = Field(None, max_length=200)
    """Who asks for it."""


class Source(_Data):
    """An order under its name."""

    name: Name
    order: SourceOrder
    created: datetime
    paused: bool = False
    """Its times pass without it; it still runs when somebody asks."""

    @property
    def dataset(self) -> str:
        return self.order.dataset or self.name


class SourcePhase(StrEnum):
    """What a source does at this moment."""

    IDLE = "idle"
    WAITING = "waiting"
    RUNNING = "running"


class Outcome(StrEnum):
    """How a run ended."""

    ADDED = "added"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The controller ended meanwhile; another run follows at once."""


class SourceRun(BaseModel):
    """One run."""

    model_config = ConfigDict(use_attribute_docstrings=True)
    started: datetime
    by: str | None = None
    """Who asked for it; None when it was due."""
    ended: datetime | None = None
    outcome: Outcome | None = None
    version: str | None = None
    """Of the data set, that is in the end the newest."""
    rows: int = 0
    """That came so far."""
    objects: int = 0
    """Files that were taken so far."""
    message: str = ""
    """What is going on, or how it ended."""
    told: dict[str, Any] | None = None
    """`message` as a key of the catalogue with its facts, or as problem JSON."""
    error: dict[str, Any] | None = None
    """The problem that ended it, or that of the first file that was refused."""


class Refused(BaseModel):
    """A file that could not be taken; it is tried again when it has been written anew."""

    model_config = ConfigDict(frozen=True)
    key: str
    etag: str
    at: datetime
    error: dict[str, Any]
    """The problem, with line and column where they are known."""


class Asked(BaseModel):
    """Somebody wants a run now."""

    model_config = ConfigDict(frozen=True)
    at: datetime
    by: str | None = None


class SourceState(BaseModel):
    """How a source fares."""

    model_config = ConfigDict(use_attribute_docstrings=True)
    asked: Asked | None = None
    """Until that run begins."""
    run: SourceRun | None = None
    """The one under way, else the last."""
    last_success: datetime | None = None
    """The end of the last run that failed in nothing."""
    failures: int = 0
    """Runs that failed since then."""
    refused: tuple[Refused, ...] = ()
    """The files below the prefix that could not be taken."""


class SourceView(SourceState):
    """A source as everyone sees it."""

    name: Name
    dataset: Name
    order: SourceOrder
    created: datetime
    paused: bool
    phase: SourcePhase
    due: datetime | None
    """When it runs next; None if nobody asks."""


class Taken(BaseModel):
    """The objects that a source is through with."""

    etags: dict[str, str] = Field(default_factory=dict)
    """By the keys of those that are in the data set, and of those that were refused."""
    pending: tuple[TakenObject, ...] = ()
    """Those that are about to be in it: whether they are, the origins of its versions say."""


class Sources:
    """The sources in an object store. States and taken objects are written by the controller only."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._sources = Documents(objects, FOLDER, Source, suffix="/source.json")
        self._states = Documents(objects, FOLDER, SourceState, suffix="/state.json")
        self._taken = Documents(objects, FOLDER, Taken, suffix="/taken.json")

    def names(self) -> tuple[str, ...]:
        """All names, sorted; what an interrupted removal left may be among them."""
        return self._sources.names()

    def all(self) -> list[Source]:
        """All sources that can be read, by name."""
        return list(self._sources.all())

    def get(self, name: str) -> Source:
        """:raises SourceNotFound: there is no such source."""
        try:
            return self._sources.get(name)
        except (NotFound, InvalidRequest):
            raise SourceNotFound("source", name=name) from None

    def save(self, source: Source) -> None:
        """Write a source in the place of the former one of its name."""
        self._sources.put(source.name, source)

    def remove(self, name: str) -> None:
        """Delete a source; the versions it made stay. `source.json` goes first: without it the rest is ignored."""
        self._sources.delete(name)
        for key in self._objects.list(f"{FOLDER}{name}/"):
            self._objects.delete(key)

    def state(self, name: str) -> SourceState:
        """The state of a source; an empty one if it has never run."""
        return self._read(self._states, name) or SourceState()

    def save_state(self, name: str, state: SourceState) -> None:
        self._states.put(name, state)

    def taken(self, name: str) -> Taken:
        """The objects that a source has taken or refused."""
        return self._read(self._taken, name) or Taken()

    def save_taken(self, name: str, taken: Taken) -> None:
        self._taken.put(name, taken)

    def _read(self, documents: Documents[D], name: str) -> D | None:
        """None where there is no such document. One that cannot be read is an error: it must not be written anew."""
        try:
            return documents.get(name)
        except NotFound:
            return None

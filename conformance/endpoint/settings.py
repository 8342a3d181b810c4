"""Settings: what a person asks of a certification, and what a run (and each of its workers) goes by."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen
from cattrs.preconf.json import make_converter

from conformance.endpoint.traffic import Limits
from conformance.ledger.requirement import LEVELS, Level
from conformance.wire.access import Access, Secrets
from conformance.wire.exchange import Format, SignatureVersion
from conformance.wire.transport import MAX_BODY

FORMATS: tuple[Format, ...] = ("json", "xml")
SIGNATURES: tuple[SignatureVersion, ...] = ("v1", "v3")
METHODS = ("POST", "GET")
# run settings cross processes, and stand in cassettes, as JSON
JSON = make_converter()


@frozen
class Settings:
    """What a person asks of the certification of an endpoint, before anything is known of the endpoint.

    `url` is None for the embedded reference, which `faults` and `variants` change. `regions` hold data; with none given
    the documented example is taken. `profiles` are names of profiles and `CHOICE=VALUE`. With no `seed` a new one is
    taken. `select` are globs over requirement ids (none: all). `items_file` names the stored items where they are
    known, `known_file` the failures that are known. Evidence goes to `report_dir` (None: a new folder under reports/),
    and the event stream to `events_file` too. `timeout` is in seconds. `access` is how the endpoint is reached
    beside its address, and `secrets` what of that is secret. `budget`, `traffic`, `values`, `creations` and
    `creates` as for a run; `shown` are the names of those values that a list of the endpoint showed, `made` of those
    that name things of the run; `fresh` as for a run. Nothing but reads goes to a URL unless `allow_changes`. Pages
    that were published after `as_of` do not count.
    """

    folder: Path
    url: str | None = None
    regions: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    formats: tuple[Format, ...] = FORMATS
    signatures: tuple[SignatureVersion, ...] = SIGNATURES
    methods: tuple[str, ...] = METHODS
    max_examples: int = 8
    seed: int | None = None
    workers: int = 1
    limits: Limits = field(factory=Limits)
    timeout: float = 10.0
    items_file: Path | None = None
    known_file: Path | None = None
    select: tuple[str, ...] = ()
    levels: tuple[Level, ...] = LEVELS
    report_dir: Path | None = None
    events_file: Path | None = None
    faults: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    unlisted_regions: bool = False
    allow_plaintext: bool = False
    max_body: int = MAX_BODY
    access: Access = field(factory=Access)
    secrets: Secrets = field(factory=Secrets, repr=False)
    budget: int | None = None
    traffic: tuple[str, ...] = ("*",)
    values: Mapping[str, str] = field(factory=dict)
    shown: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    fresh: Mapping[str, Any] | None = None
    allow_changes: bool = False
    as_of: str | None = None
    creations: Path | None = None
    creates: int | None = None


@frozen
class RunSettings:
    """Everything that decides what a run does, but the credentials and other secrets, which come from the environment.

    `seed` decides the drawn requests; `select` are globs over requirement ids (none: all); `levels` those judged.
    Where the selection is judged by what others send, the checks of `traffic` (globs) run too.
    `items_file` names the stored items where they are known. `shrinks`: how many more examples are tried after a
    failing one, in search of a plainer one. `timeout` is in seconds, `max_body` in bytes. What
    may be sent is counted in the `allowance_file`, where several processes send. With `strict` every
    SHOULD counts as a MUST. With a `budget` of requests the checks come in turns, each in one format, until it is used
    up. `values` are those of parameters that name what is there. Pages that were published after `as_of` do not count.
    What is created is written to the `creations_file`, where there is one; an operation may create as many things as
    `creates` says. With `fresh` the operation takes things away: it is told of another thing of the run each time, made
    with these values, by parameter, and by operation and parameter. With `careful` what is sent may change things that
    are somebody's.
    """

    url: str
    contract_dir: str
    regions: tuple[str, ...]
    formats: tuple[Format, ...] = FORMATS
    signatures: tuple[SignatureVersion, ...] = SIGNATURES
    methods: tuple[str, ...] = METHODS
    seed: int = 0
    max_examples: int = 8
    shrinks: int = 120
    select: tuple[str, ...] = ()
    traffic: tuple[str, ...] = ("*",)
    levels: tuple[Level, ...] = LEVELS
    pins: Mapping[str, str] = field(factory=dict)
    timeout: float = 10.0
    limits: Limits = field(factory=Limits)
    items_file: str | None = None
    allow_plaintext: bool = False
    strict: bool = False
    access: Access = field(factory=Access)
    max_body: int = MAX_BODY
    allowance_file: str | None = None
    budget: int | None = None
    values: Mapping[str, str] = field(factory=dict)
    fresh: Mapping[str, Any] | None = None
    careful: bool = False
    as_of: str | None = None
    creations_file: str | None = None
    creates: int | None = None

    @property
    def signs(self) -> bool:
        """Whether some request is signed, which takes an access key."""
        return set(self.signatures) != {"none"}

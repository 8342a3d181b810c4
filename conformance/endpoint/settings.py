"""The settings of a run: what is asked, how often, over which channels, and which requirements are judged."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from conformance.endpoint.traffic import Limits
from conformance.wire.exchange import Format, SignatureVersion


@frozen
class RunSettings:
    """Everything that decides what a run does, but the credentials, which come from the environment.

    `seed` decides the drawn requests; `select` are globs over requirement ids (none: all); `levels` those judged.
    Where the selection is judged by what others send, the checks of `traffic` (globs) run too.
    `items_file` names the stored items where they are known. `shrinks`: how many more examples are tried after a
    failing
    one, in search of a plainer one. `timeout` is in seconds. With `strict` every SHOULD counts as a MUST.
    """

    url: str
    contract_dir: str
    regions: tuple[str, ...]
    formats: tuple[Format, ...] = ("json", "xml")
    signatures: tuple[SignatureVersion, ...] = ("v1", "v3")
    methods: tuple[str, ...] = ("POST", "GET")
    seed: int = 0
    max_examples: int = 8
    shrinks: int = 120
    select: tuple[str, ...] = ()
    traffic: tuple[str, ...] = ("*",)
    levels: tuple[str, ...] = ("MUST", "SHOULD", "MAY")
    pins: Mapping[str, str] = field(factory=dict)
    timeout: float = 10.0
    limits: Limits = field(factory=Limits)
    items_file: str | None = None
    allow_plaintext: bool = False
    strict: bool = False

"""The options of a run on an endpoint, which `endpoint` and `record` have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
from attrs import frozen

from conformance.cli import access_options
from conformance.cli.access_options import AccessOptions, access_of
from conformance.cli.dates import checked_date
from conformance.cli.gathered import gathered_into, with_options
from conformance.cli.output import say
from conformance.contract.catalogue import USUAL_OPERATION, operation_folder
from conformance.endpoint.settings import FORMATS, METHODS, SIGNATURES, Settings
from conformance.endpoint.traffic import Limits
from conformance.errors import Refusal
from conformance.foreign import BadText, text_of, yaml_value
from conformance.ledger.requirement import LEVELS, Level
from conformance.wire.access import short_secrets
from conformance.wire.environment import credentials_from
from conformance.wire.exchange import Format, SignatureVersion
from conformance.wire.transport import MAX_BODY

WORKERS = click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that send requests."
)
KNOWN = click.option(
    "--known-failing", "known_file", type=click.Path(path_type=Path), help="Failures that are known (YAML)."
)
OPTIONS = (
    click.argument("url", required=False),
    click.option(
        "--operation", multiple=True, metavar="NAME", help=f"A shipped operation.  [default: {USUAL_OPERATION}]"
    ),
    click.option("--contract", "contract_dir", type=click.Path(path_type=Path), help="A folder that `derive` wrote."),
    click.option(
        "--region", "regions", multiple=True, help="A region that holds data (repeatable; the first is the main one)."
    ),
    click.option(
        "--as-of",
        metavar="DATE",
        callback=lambda context, parameter, text: checked_date(text),
        help="Pages that were published later do not count (2021-01-07).",
    ),
    click.option("--profile", "profiles", multiple=True, metavar="NAME|CHOICE=VALUE", help="Pin choices (repeatable)."),
    click.option("--format", "formats", multiple=True, type=click.Choice(["json", "xml"]), help="Default: both."),
    click.option(
        "--signature", "signatures", multiple=True, type=click.Choice(["v1", "v3", "none"]), help="Default: v1 and v3."
    ),
    click.option("--method", "methods", multiple=True, type=click.Choice(["GET", "POST"]), help="Default: both."),
    click.option(
        "--max-examples",
        default=8,
        show_default=True,
        type=click.IntRange(1),
        help="Drawn examples a check and format.",
    ),
    click.option("--seed", type=int, help="Decides the drawn requests; without it a new one is taken, and reported."),
    click.option(
        "--rate",
        type=click.FloatRange(min=0, min_open=True),
        help="At most so many requests a second, in all.",
    ),
    click.option(
        "--max-requests",
        default=100_000,
        show_default=True,
        type=click.IntRange(1),
        help="Send at most so many; what is left is inconclusive.",
    ),
    click.option(
        "--max-seconds",
        default=7200.0,
        show_default=True,
        type=click.FloatRange(min=0, min_open=True),
        help="End after so long; what is left is inconclusive.",
    ),
    click.option(
        "--max-items",
        default=Limits().max_items,
        show_default=True,
        type=click.IntRange(1),
        help="Read no listing that holds more.",
    ),
    click.option(
        "--max-body",
        default=MAX_BODY,
        show_default=True,
        type=click.IntRange(1024, 1 << 30),
        help="Bytes that an answer may have.",
    ),
    click.option(
        "--timeout",
        default=10.0,
        show_default=True,
        type=click.FloatRange(min=0, min_open=True),
        help="Seconds an answer may take.",
    ),
    click.option(
        "--tasks",
        "items_file",
        type=click.Path(path_type=Path),
        help="The items that the target stores: enables the exact oracle.",
    ),
    click.option(
        "-k", "--select", multiple=True, metavar="GLOB", help="Judge only requirements that match (repeatable)."
    ),
    click.option(
        "--level", "levels", multiple=True, type=click.Choice(LEVELS), help="Judge only these levels (repeatable)."
    ),
    click.option(
        "--report-dir", type=click.Path(path_type=Path), help="Where evidence goes  [default: reports/<time>-<target>]"
    ),
    click.option(
        "--events", "events_file", type=click.Path(path_type=Path), help="Write the event stream to this file too."
    ),
    click.option("--fault", "faults", multiple=True, help="Seed a fault in the embedded reference (repeatable)."),
    click.option(
        "--variant", "variants", multiple=True, help="Let the embedded reference be a conformant variant (repeatable)."
    ),
    click.option("--unlisted-regions", is_flag=True, help="Take regions that the documentation does not list."),
    click.option("--allow-plaintext", is_flag=True, help="Send credentials over plain http to another machine."),
    *access_options.OPTIONS,
)


@frozen
class RunOptions:
    """What the options of a run were given."""

    url: str | None
    operation: tuple[str, ...]
    contract_dir: Path | None
    regions: tuple[str, ...]
    as_of: str | None
    profiles: tuple[str, ...]
    formats: tuple[Format, ...]
    signatures: tuple[SignatureVersion, ...]
    methods: tuple[str, ...]
    max_examples: int
    seed: int | None
    rate: float | None
    max_requests: int
    max_seconds: float
    max_items: int
    max_body: int
    timeout: float
    items_file: Path | None
    select: tuple[str, ...]
    levels: tuple[Level, ...]
    report_dir: Path | None
    events_file: Path | None
    faults: tuple[str, ...]
    variants: tuple[str, ...]
    unlisted_regions: bool
    allow_plaintext: bool


def options_of_a_run(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with an optional URL and every option of a run, as RunOptions and AccessOptions before the rest."""
    gathered = gathered_into(AccessOptions)(gathered_into(RunOptions)(command))
    return with_options(gathered, OPTIONS)


def folder_of(given: RunOptions) -> Path:
    """The folder of the one operation that is to be judged. Raises Refusal."""
    return operation_folder(operation_of(given), given.contract_dir)


def operation_of(given: RunOptions) -> str:
    """The name of the one operation that is to be judged. Raises Refusal."""
    if len(given.operation) > 1:
        raise Refusal("One operation is judged at a time; several are with --service.")
    return given.operation[0] if given.operation else USUAL_OPERATION


def values_in(context: click.Context, parameter: click.Parameter, path: Path | None) -> Mapping[str, Any]:
    """What `--values FILE` gives: values by parameter, and by operation and parameter. Raises Refusal."""
    if path is None:
        return {}
    try:
        found = yaml_value(text_of(path))
    except BadText as e:
        raise Refusal(f"{path} {e}.") from None
    inner = [v for v in found.values() if isinstance(v, dict)] if isinstance(found, dict) else []
    scalars = [v for each in (found, *inner) if isinstance(each, dict) for v in each.values() if v not in inner]
    if not isinstance(found, dict) or not all(isinstance(v, str | int) for v in scalars):
        raise Refusal(f"{path} has other than values by parameter; expected lines like `DiskId: d-1`.")
    return found


def creates_in(context: click.Context, parameter: click.Parameter, text: str) -> int:
    """What `--budget creates=N` gives. Raises Refusal."""
    what, _, number = text.partition("=")
    if what != "creates" or not (number.isascii() and number.isdigit()) or len(number) > 6:
        raise Refusal(
            f"--budget {text}: expected creates=N, the number of things that may be created, such as creates=20."
        )
    return int(number)


VALUES = click.option(
    "--values",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=values_in,
    help="Values of parameters that name what is there (YAML): by parameter, or by operation and parameter.",
)


def settings_of(given: RunOptions, reached: AccessOptions, folder: Path) -> Settings:
    """The settings of a run on the contract in a folder, as these options say. Raises Refusal for what cannot be."""
    signatures = given.signatures or SIGNATURES
    access, secrets = access_of(reached, signed="v3" in signatures)
    signs = given.url is not None and any(signature != "none" for signature in signatures)
    for sentence in short_secrets(credentials_from() if signs else None, secrets):
        say(sentence, err=True)
    return Settings(
        folder,
        given.url,
        regions=given.regions,
        profiles=given.profiles,
        formats=given.formats or FORMATS,
        signatures=signatures,
        methods=given.methods or METHODS,
        max_examples=given.max_examples,
        seed=given.seed,
        limits=Limits(given.rate, given.max_requests, max_seconds=given.max_seconds, max_items=given.max_items),
        timeout=given.timeout,
        items_file=given.items_file,
        select=given.select,
        levels=given.levels or LEVELS,
        report_dir=given.report_dir,
        events_file=given.events_file,
        faults=given.faults,
        variants=given.variants,
        unlisted_regions=given.unlisted_regions,
        allow_plaintext=given.allow_plaintext,
        max_body=given.max_body,
        access=access,
        secrets=secrets,
        as_of=given.as_of,
    )

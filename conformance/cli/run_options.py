"""The options of a run on an endpoint, which `endpoint` and `record` have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.cli import access_options
from conformance.cli.dates import checked_date
from conformance.contract.catalogue import USUAL_OPERATION, operation_folder
from conformance.endpoint.settings import FORMATS, METHODS, SIGNATURES, Settings
from conformance.endpoint.traffic import Limits
from conformance.errors import Refusal
from conformance.foreign import BadText, text_of, yaml_value
from conformance.ledger.requirement import LEVELS, Level
from conformance.wire.exchange import Format, SignatureVersion
from conformance.wire.transport import MAX_BODY

Command = TypeVar("Command", bound=Callable[..., Any])
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


def options_of_a_run(command: Command) -> Command:
    """The command with an optional URL and every option of a run."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def settings_of(
    url: str | None, *, operation: tuple[str, ...], contract_dir: Path | None, values: Mapping[str, Any], **options: Any
) -> Settings:
    """The settings that the options of a run on one operation say. Raises Refusal for one that is not known."""
    if len(operation) > 1:
        raise Refusal("One operation is judged at a time; several are with --service.")
    name = operation[0] if operation else USUAL_OPERATION
    own = values.get(name)
    merged = {**values, **(own if isinstance(own, Mapping) else {})}
    plain = {k: str(v) for k, v in merged.items() if not isinstance(v, Mapping)}
    return common_settings(operation_folder(name, contract_dir), url, values=plain, **options)


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


def common_settings(
    folder: Path,
    url: str | None,
    *,
    rate: float | None,
    max_requests: int | None,
    max_seconds: float | None,
    max_items: int,
    formats: tuple[Format, ...],
    signatures: tuple[SignatureVersion, ...],
    methods: tuple[str, ...],
    levels: tuple[Level, ...],
    cacert: Path | None,
    client_cert: Path | None,
    client_key: Path | None,
    header_lines: tuple[str, ...],
    header_file: Path | None,
    proxy: str | None,
    signed_host: str | None,
    **options: Any,
) -> Settings:
    """The settings that the options of any run say. Raises Refusal for what is not known or cannot be used."""
    access, secrets = access_options.access_of(
        cacert=cacert,
        client_cert=client_cert,
        client_key=client_key,
        header_lines=header_lines,
        header_file=header_file,
        proxy=proxy,
        signed_host=signed_host,
        signed="v3" in (signatures or SIGNATURES),
    )
    return Settings(
        folder,
        url,
        formats=formats or FORMATS,
        signatures=signatures or SIGNATURES,
        methods=methods or METHODS,
        levels=levels or LEVELS,
        limits=Limits(rate, max_requests, max_seconds=max_seconds, max_items=max_items),
        access=access,
        secrets=secrets,
        **options,
    )

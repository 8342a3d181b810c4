"""`--resume RUN`: a run is gone on with as it began."""

from __future__ import annotations

from collections.abc import Callable

import click
from click.core import ParameterSource

from conformance.errors import Refusal


def refuse_settings(ctx: click.Context, decides: Callable[[str], bool], argument: str) -> None:
    """Raises Refusal for a parameter that was given although it `decides` what a run does, by its name. `argument` is
    what a parameter without an option is called.
    """
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT and decides(name):
            word = parameter.opts[-1] if isinstance(parameter, click.Option) else argument
            raise Refusal(f"--resume goes on by the settings that RUN began with; leave out {word}.")

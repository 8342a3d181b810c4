"""The values of a command's options as one typed object, where there are too many to be handed on one by one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from attrs import fields

Command = TypeVar("Command", bound=Callable[..., Any])


def gathered_into(kind: type[Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that `kind` (a class of attrs) has fields for arrive as one of it, the first argument of the command;
    the others as they are.
    """
    names = [one.name for one in fields(kind)]

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def called(*words: Any, **given: Any) -> Any:
            return command(kind(**{name: given.pop(name) for name in names}), *words, **given)

        return called

    return decorate


def with_options(command: Command, options: tuple[Callable[..., Any], ...]) -> Command:
    """The command with these options, the first of them first in its help."""
    for option in reversed(options):
        command = option(command)
    return command

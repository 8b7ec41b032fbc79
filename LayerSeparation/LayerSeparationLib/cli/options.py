"""A command and its options: a frozen dataclass, each field of which is an argument of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from functools import partial
from inspect import get_annotations
from typing import Any, Generic, TypeVar

from ..errors import LayerSeparationError
from .hints import print_error, print_hints
from .usage import UsageError

EXIT_FAILED = 1
OptionsT = TypeVar("OptionsT")


@dataclass(frozen=True, eq=False)
class Exclusive:
    """A group of options that exclude each other; if it is ``required``, one of them must be given."""

    required: bool = False


def option(*names: str, default: Any = MISSING, exclusive: Exclusive | None = None, **argument: Any) -> Any:
    """Describe a field as an argument of the command line.

    Parameters
    ----------
    names
        By default ``--`` and the name of the field; without hyphens, the argument is known by its position.
    default
        Value of the field where nothing is given. Without it, the option must be given.
    exclusive
        Its group, if others exclude it.
    argument
        As for `argparse.ArgumentParser.add_argument`. What argparse collects in a list becomes a tuple.
    """
    return field(default=default, metadata={"names": names, "exclusive": exclusive, "argument": argument})


def switch(help: str) -> Any:
    """Describe a field that is true where its option is given."""
    return option(default=False, action="store_true", help=help)


@dataclass(frozen=True)
class Command(Generic[OptionsT]):
    """A command of ``layer-separation``."""

    name: str
    help: str
    """One line, as in the list of commands."""
    options: type[OptionsT]
    """A frozen dataclass whose fields are made with `option`; a field that is not is set by the program."""
    run: Callable[[OptionsT], int]
    """Does the work and returns the exit code."""

    def add_to(self, commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        """Add the command's parser to those of the program."""
        parser = commands.add_parser(self.name, help=self.help, allow_abbrev=False)
        add_arguments(parser, self.options)
        parser.set_defaults(run_command=partial(self._run, parser))

    def _run(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace) -> int:
        try:
            options = read_options(self.options, namespace)
            try:
                return self.run(options)
            except LayerSeparationError as error:
                print_error(error)
                print_hints([error], options)
                return EXIT_FAILED
        except UsageError as error:
            parser.error(str(error))


def add_arguments(parser: argparse.ArgumentParser, options: type) -> None:
    """Add an argument for each field of a dataclass, its own before those of its bases."""
    groups: dict[Exclusive, argparse._MutuallyExclusiveGroup] = {}
    known = {one.name: one for one in fields(options)}
    own_first = dict.fromkeys(name for owner in options.__mro__ for name in get_annotations(owner))
    for name in own_first:
        one = known.get(name)
        if one is None or "argument" not in one.metadata:
            continue
        exclusive: Exclusive | None = one.metadata["exclusive"]
        target: argparse._ActionsContainer = parser
        if exclusive is not None:
            if exclusive not in groups:
                groups[exclusive] = parser.add_mutually_exclusive_group(required=exclusive.required)
            target = groups[exclusive]
        names = one.metadata["names"] or (f"--{name.replace('_', '-')}",)
        argument = dict(one.metadata["argument"])
        if names[0].startswith("-"):
            argument.update(dest=name, required=one.default is MISSING)
        target.add_argument(*names, **argument)


def read_options(options: type[OptionsT], namespace: argparse.Namespace) -> OptionsT:
    """Return the options that a parser has read; what was not given has its field's default.

    Raises
    ------
    UsageError
        If options contradict each other.
    """
    given = {one.name: getattr(namespace, one.name, None) for one in fields(options)}  # type: ignore[arg-type]
    return options(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in given.items()
            if value is not None
        }
    )

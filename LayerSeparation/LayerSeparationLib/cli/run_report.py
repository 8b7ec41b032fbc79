"""What became of the inputs of a command, for people and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LayerSeparationError, UnexpectedError
from ..files.visible_text import visible
from .hints import print_hints
from .options import EXIT_FAILED
from .shared_options import SummaryOptions
from .usage import UsageError

_MOST_NAMED = 3


@dataclass(frozen=True, eq=False)
class Failure:
    """An input, or a part of it such as a joint, that failed."""

    file: str
    part: str
    error: LayerSeparationError

    def as_json(self) -> dict[str, str]:
        """Return file, part and message."""
        return {"file": self.file, "part": self.part, "error": str(self.error)}

    def __str__(self) -> str:
        where = f"{self.file} {self.part}".rstrip()
        # What is said of a joint often begins with its name.
        said = str(self.error).removeprefix(f"{self.part}: ") if self.part else str(self.error)
        return said if where in said else f"{where}: {said}"


def say_done(text: str) -> None:
    """Print to stdout what was done."""
    print(visible(text))


def _grouped(failures: Sequence[Failure]) -> Iterator[str]:
    """Yield a text for each reason, with all that it holds for: one missing spacing is one line."""
    by_reason: dict[str, list[Failure]] = {}
    for failure in failures:
        by_reason.setdefault(str(failure.error), []).append(failure)
    for same in by_reason.values():
        first, others = same[0], [f"{one.file} {one.part}".rstrip() for one in same[1:]]
        named = ", ".join(others[:_MOST_NAMED]) + (", ..." if len(others) > _MOST_NAMED else "")
        yield f"{first} (and {len(others)} more: {named})" if others else str(first)


@dataclass
class RunReport:
    """Collects results and failures while a command goes on."""

    results: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    left_out: list[Failure] = field(default_factory=list)
    """What could be used, but should not without a look at it: no failure."""
    film_names: dict[Path, str] = field(default_factory=dict)
    """What results of an input are called, where each has a folder of its own."""

    def add_failure(self, path: Path, part: str, error: LayerSeparationError) -> None:
        """Note that ``path``, or a part of it, failed."""
        self.failures.append(Failure(str(path), part, error))

    def add_left_out(self, path: Path, part: str, error: LayerSeparationError) -> None:
        """Note that a part of ``path`` was left out, and why."""
        self.left_out.append(Failure(str(path), part, error))

    @contextmanager
    def failures_of(self, path: Path, part: str = "") -> Iterator[None]:
        """Note an error as a failure of ``path``, or a part of it; go on.

        Wrong usage, and a reader of the output that has gone, end the command.
        """
        try:
            yield
        except LayerSeparationError as error:
            self.add_failure(path, part, error)
        except (UsageError, BrokenPipeError):
            raise
        except Exception as error:
            self.add_failure(path, part, UnexpectedError.of(path, error))

    def close(self, options: SummaryOptions, target: Path | None = None, what: str = "joint") -> int:
        """Print the summary (JSON or a line to stdout, failures to stderr) and return the exit code.

        The line says how many results, each a ``what``, lie in ``target``.
        """
        if target is not None and self.results and not options.json:
            say_done(f"{len(self.results)} {what}{'s' * (len(self.results) != 1)} -> {target}")
        if options.json:
            failed = [failure.as_json() for failure in self.failures]
            left_out = {"left_out": [one.as_json() for one in self.left_out]} if self.left_out else {}
            print(json.dumps({"results": self.results, "failed": failed, **left_out}, indent=2))
        return self.print_failures(options)

    def print_failures(self, options: SummaryOptions) -> int:
        """Print what was left out and what failed, and return the exit code."""
        for text in _grouped(self.left_out):
            print(visible(f"left out: {text}"), file=sys.stderr)
        if self.left_out:
            print(f"{len(self.left_out)} left out.", file=sys.stderr)
        for text in _grouped(self.failures):
            print(visible(f"failed: {text}"), file=sys.stderr)
        if self.failures:
            print(f"{len(self.failures)} failed, {len(self.results)} results.", file=sys.stderr)
        print_hints((one.error for one in [*self.left_out, *self.failures]), options)
        return EXIT_FAILED if self.failures else 0

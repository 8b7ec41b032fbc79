"""What became of the inputs of a command, for people and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import LayerSeparationError, UnexpectedError
from .hints import print_hints
from .options import EXIT_FAILED
from .shared_options import SummaryOptions
from .usage import UsageError


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
        return str(self.error) if where in str(self.error) else f"{where}: {self.error}"


@dataclass
class RunReport:
    """Collects results and failures while a command goes on."""

    results: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def add_failure(self, path: Path, part: str, error: LayerSeparationError) -> None:
        """Note that ``path``, or a part of it, failed."""
        self.failures.append(Failure(str(path), part, error))

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

    def close(self, options: SummaryOptions) -> int:
        """Print the summary (JSON to stdout, failures to stderr) and return the exit code."""
        if options.json:
            failed = [failure.as_json() for failure in self.failures]
            print(json.dumps({"results": self.results, "failed": failed}, indent=2))
        return self.print_failures(options)

    def print_failures(self, options: SummaryOptions) -> int:
        """Print the failures and return the exit code."""
        for failure in self.failures:
            print(f"failed: {failure}", file=sys.stderr)
        if not self.failures:
            return 0
        print(f"{len(self.failures)} failed, {len(self.results)} results.", file=sys.stderr)
        print_hints((failure.error for failure in self.failures), options)
        return EXIT_FAILED

"""Decoding in a process apart, which may crash, hang, or run out of memory without taking the program along.

The process is started when it is first needed, and kept for the next file; it ends with the program. Native
decoders (ITK's readers, the codecs of compressed DICOM and TIFF) work there on files that plain Python can't
decode or check by itself.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

MOST_MEMORY_BYTES = 1_500_000_000
MOST_SECONDS = 60
"""Of processor time for one file; the largest film takes about ten."""
_STARTING_S = 60.0
_MOST_PRINTED = 160
Task = Literal["volume", "raster", "dicom"]


def decode_apart(task: Task, path: Path, kind: str) -> tuple[NDArray[Any], list[Any]]:
    """Decode a file in a process apart.

    Parameters
    ----------
    task
        Which decoder: 'volume' (ITK), 'raster' (Pillow, ITK), 'dicom' (pydicom, GDCM).
    path
        The file.
    kind
        Its format.

    Returns
    -------
    pixels : ndarray
        As stored.
    facts : list
        Of a volume its size, spacing, direction and components, as `DecodedVolume` has them.

    Raises
    ------
    InputError
        If the file can't be decoded, or its decoder crashed, took more than 1.5 GB or more than 60 s; what
        the decoder printed is part of the message.
    """
    with _kept.lock:
        return _kept.running().decode(task, path, kind)


class _Process:
    """The process apart, and what is said to it."""

    def __init__(self) -> None:
        library = Path(__file__).parents[2]
        known = os.environ.get("PYTHONPATH")
        self._printed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115, it is closed by `end`
        self._child = subprocess.Popen(
            [_python(), "-m", f"{__package__}.decoding_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(library), *([known] if known else [])]),
                # Threads of linear algebra, which nothing here needs, each take memory.
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
        )
        self._is_new = True

    @property
    def is_alive(self) -> bool:
        return self._child.poll() is None

    def decode(self, task: Task, path: Path, kind: str) -> tuple[NDArray[Any], list[Any]]:
        printed_before = self._printed.seek(0, os.SEEK_END)
        limit_s = 2 * MOST_SECONDS + (_STARTING_S if self._is_new else 0)
        watch = threading.Timer(limit_s, self._child.kill)
        watch.daemon = True
        watch.start()
        self._is_new = False
        try:
            answer = self._ask({"task": task, "path": str(path), "kind": kind})
        except BaseException:
            # Ctrl-C or SIGTERM: nobody waits for the answer any more.
            self.end()
            raise
        finally:
            watch.cancel()
        if answer is None:
            self._child.kill()
            self._child.wait()
            said = self._said(printed_before)
            self.end()
            raise InputError(
                f"{path}: this {kind} file is damaged: its decoder ended {self._how_ended()}{said}. "
                "Copy or export the file again."
            )
        head, pixels = answer
        if "error" in head:
            raise InputError(f"{head['error']}{self._said(printed_before)}")
        return pixels, head.get("facts", [])

    def _ask(self, request: dict[str, str]) -> tuple[dict[str, Any], NDArray[Any]] | None:
        """Return the answer; None where the process ended before it was complete."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(json.dumps(request).encode("ascii") + b"\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
            head = json.loads(line) if line.endswith(b"\n") else None
            if not isinstance(head, dict):
                return None
            if "error" in head:
                return head, np.empty(0)
            dtype, shape = np.dtype(head["dtype"]), tuple(map(int, head["shape"]))
            content = self._child.stdout.read(math.prod(shape) * dtype.itemsize)
            return head, np.frombuffer(content, dtype).reshape(shape)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _how_ended(self) -> str:
        code = self._child.returncode
        if code in (-9, -24):
            return f"after more than {MOST_SECONDS} s"
        return f"with signal {-code}" if code < 0 else f"with code {code}"

    def _said(self, since: int) -> str:
        """Return what decoders printed, on one line."""
        self._printed.seek(since)
        words = self._printed.read(4096).decode("utf-8", "replace").split()
        text = " ".join(words)[:_MOST_PRINTED]
        return f" ({text})" if text else ""

    def end(self) -> None:
        """End the process at once, whatever it does."""
        self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout, self._printed):
            if pipe is not None:
                # What was written and not sent goes nowhere any more.
                try:
                    pipe.close()
                except OSError:
                    continue


def _python() -> str:
    """Return the interpreter; an application that embeds Python, such as Slicer, has it beside itself."""
    own = Path(sys.executable)
    if "python" in own.stem.lower():
        return str(own)
    return str(next((path for path in own.parent.glob("PythonSlicer*")), own))


class _Kept:
    """The process that was started last."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._process: _Process | None = None

    def running(self) -> _Process:
        if self._process is None or not self._process.is_alive:
            self._process = _Process()
        return self._process

    def end(self) -> None:
        if self._process is not None:
            self._process.end()


_kept = _Kept()
atexit.register(_kept.end)

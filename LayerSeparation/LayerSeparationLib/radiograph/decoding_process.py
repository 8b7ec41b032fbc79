"""Decodes files for another process, and may crash, hang or run out of memory instead of it.

A request is a line of JSON on stdin: ``{"task": ..., "path": ..., "kind": ...}``. The answer is a line of
JSON on stdout, and behind it the bytes of the array that it describes. Run by `decode_apart`, never by hand.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import LayerSeparationError
from .decoding_apart import MOST_MEMORY_BYTES, MOST_SECONDS

Answer = tuple[NDArray[Any], dict[str, Any]]


def _decode_volume(path: Path, kind: str) -> Answer:
    from .itk_decoding import decode

    volume = decode(path, kind, f"{'Meta' if kind == 'MetaImage' else kind.title()}ImageIO")
    return volume.pixels, {"facts": [volume.size, volume.spacing_mm, volume.direction, volume.components]}


def _decode_raster(path: Path, kind: str) -> Answer:
    from .raster_film import decode_raster

    return decode_raster(path, kind), {}


def _decode_dicom(path: Path, _kind: str) -> Answer:
    from .dicom_dataset import read_dataset
    from .dicom_pixels import decode_stored_values

    return decode_stored_values(read_dataset(path), path), {}


TASKS: dict[str, Callable[[Path, str], Answer]] = {
    "volume": _decode_volume,
    "raster": _decode_raster,
    "dicom": _decode_dicom,
}


def main() -> None:
    """Answer requests until stdin ends."""
    # Ctrl-C in a terminal reaches all its processes; the one that asked decides what is to be done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What native libraries print must not get into the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit_memory()
    for line in sys.stdin:
        request = json.loads(line)
        _limit_time()
        _answer(answers, request)


def _answer(answers: BinaryIO, request: dict[str, str]) -> None:
    try:
        array, more = TASKS[request["task"]](Path(request["path"]), request["kind"])
        array = np.ascontiguousarray(array)
        head = {"dtype": array.dtype.str, "shape": array.shape, **more}
        content: Any = array.data.cast("B") if array.size else b""
    except LayerSeparationError as error:
        head, content = {"error": str(error)}, b""
    except MemoryError:
        head, content = {"error": f"{request['path']}: decoding it takes more than 1.5 GB of memory."}, b""
    # Decoders raise whatever a damaged file leads them into.
    except Exception as error:
        what = f"{type(error).__name__}: {error}"[:200]
        head, content = {"error": f"{request['path']}: can't be decoded; the file is damaged ({what})."}, b""
    answers.write(json.dumps(head).encode("ascii") + b"\n")
    answers.write(content)
    answers.flush()


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
        # No dump of a crash: the file is damaged, not the program.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time() -> None:
    """End this process if it goes on decoding, even when nobody waits for it any more."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + MOST_SECONDS, most))


if __name__ == "__main__":
    main()

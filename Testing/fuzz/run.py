"""Reads thousands of damaged films, and counts what came of them.

    python Testing/fuzz/run.py --count 50000 [--first-seed 0] [--keep FOLDER]

Every film is read in a process that this one watches: a crash, more than 180 s, or more than 1.5 GB of memory
are told from errors. What should not be (a foreign exception, a crash, a hang, too much memory) is kept in
FOLDER, with its seed in the name, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import collections
import subprocess
import sys
import tempfile
import threading
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "LayerSeparation"))


from film_mutation import mutate
from film_seeds import make_seeds

MOST_SECONDS = 180.0
"""The process that decodes ends by itself after 60 s of processor time, which may take longer."""
STARTING_SECONDS = 120.0
MOST_MEMORY_KB = 1_500_000
_BAD = ("foreign exception", "crash", "hang", "over 1.5 GB")


def read_and_tell() -> None:
    """Read the films named on stdin, one a line; print what came of each, and the largest memory so far."""
    import resource
    import warnings

    from LayerSeparationLib.errors import LayerSeparationError
    from LayerSeparationLib.radiograph import read_radiograph

    warnings.simplefilter("ignore")
    for line in sys.stdin:
        try:
            read_radiograph(Path(line.rstrip("\n")))
            outcome = "result"
        except LayerSeparationError:
            outcome = "own error"
        except Exception as error:
            outcome = f"foreign exception {type(error).__name__}: {error}".replace("\n", " ")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{most}\t{outcome}", flush=True)


def main() -> int:
    """Damage and read; print the counts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=Path("fuzz_findings"))
    parser.add_argument("--read", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read_and_tell()
        return 0
    warnings.simplefilter("ignore")
    counts: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        seeds = make_seeds(Path(folder) / "seeds")
        reader = None
        for seed in range(options.first_seed, options.first_seed + options.count):
            source = seeds[seed % len(seeds)]
            damaged = Path(folder) / f"film{''.join(source.suffixes)}"
            damaged.write_bytes(mutate(source.read_bytes(), seed))
            is_running = reader is not None
            if reader is None:
                reader = subprocess.Popen(
                    [sys.executable, __file__, "--read"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
            outcome, reader = _outcome(reader, damaged, is_running)
            kind = next((bad for bad in _BAD if outcome.startswith(bad)), outcome)
            counts[kind] += 1
            if kind in _BAD:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{seed}_{source.name}").write_bytes(damaged.read_bytes())
                print(f"{seed} {source.name}: {outcome}")
        if reader is not None:
            reader.kill()
            reader.wait()
    print(
        f"{options.count} damaged films: "
        + ", ".join(f"{counts[one]} {one}" for one in ("own error", "result", *_BAD))
    )
    return 1 if any(counts[bad] for bad in _BAD) else 0


def _outcome(
    reader: subprocess.Popen[str], path: Path, is_running: bool
) -> tuple[str, subprocess.Popen[str] | None]:
    """Return what came of a film, and the reader if it can go on."""
    assert reader.stdin is not None
    assert reader.stdout is not None
    late = threading.Event()

    def stop() -> None:
        late.set()
        reader.kill()

    # The first film waits for the program to start.
    watch = threading.Timer(MOST_SECONDS + (0 if is_running else STARTING_SECONDS), stop)
    watch.start()
    try:
        reader.stdin.write(f"{path}\n")
        reader.stdin.flush()
        line = reader.stdout.readline()
    finally:
        watch.cancel()
    if not line:
        reader.wait()
        return ("hang" if late.is_set() else f"crash {reader.returncode}"), None
    memory, outcome = line.rstrip("\n").split("\t", 1)
    if int(memory) > MOST_MEMORY_KB:
        reader.kill()
        reader.wait()
        return f"over 1.5 GB ({outcome})", None
    return outcome, reader


if __name__ == "__main__":
    sys.exit(main())

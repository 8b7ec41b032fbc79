"""A data set from begin to end: begun or gone on with, made block by block, completed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from .. import __version__
from ..errors import InputError, OutputError
from ..export import output_file, write_json
from .block_work import work_on
from .finish import finish
from .layer_cache import LayerCache
from .local_workers import Work, run_locally
from .places import Places
from .plan import Block, Plan

Runner = Callable[[Work, Iterable[Block]], Generator[tuple[Block, int], None, None]]
_MOST_DIFFERENCES = 5


@dataclass(frozen=True)
class Outcome:
    """What a run ended with."""

    samples: int
    failed: int
    already_complete: bool


def begin(places: Places, plan: Plan) -> bool:
    """Make the folder a data set's, or see that it is this one's; return whether it is complete already.

    Raises
    ------
    OutputError
        If the folder holds something else, or can't be written.
    """
    if places.plan.exists():
        _refuse_other(places, plan)
        return places.done.exists()
    with _explained(places.root):
        found = [path.name for path in places.root.iterdir()] if places.root.exists() else []
        if set(found) - {places.work.name}:
            raise OutputError(
                f"{places.root} holds other files ({sorted(found)[0]}, ...) and no data set: "
                "choose an empty folder."
            )
        with output_file(places.plan) as place:
            write_json(place, plan.as_json())
    return False


def make(
    places: Places,
    plan: Plan,
    cache: LayerCache,
    *,
    run: Runner | None = None,
    command: str = "",
    failed_inputs: Sequence[dict[str, str]] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """Make a data set, or what is missing of it.

    Parameters
    ----------
    places
        Its folder.
    plan
        What to make. Layers of all its joints are in `cache`.
    cache
        The layers.
    run
        Does the blocks; by default here, one after the other.
    command
        For the data card.
    failed_inputs
        For the data card: ``reason`` of each.
    progress
        Called with (samples done, all); may raise to stop. What is finished stays, and the same call goes on.

    Raises
    ------
    OutputError
        If the folder holds something else, the disk is full, or workers die again and again.
    """
    if begin(places, plan):
        summary = json.loads(places.done.read_text(encoding="utf-8"))
        shutil.rmtree(places.work, ignore_errors=True)
        return Outcome(summary["samples"], summary["failed_samples"], already_complete=True)
    with _explained(places.root), output_file(places.context, overwrite=True) as place:
        write_json(place, {"command": command, "failed_inputs": list(failed_inputs)})
    work = partial(
        work_on, str(places.root.resolve()), str(cache.folder.resolve()), plan.fingerprint, __version__
    )
    missing = [block for block in plan.blocks() if not places.record(block.number).exists()]
    done = plan.samples - sum(block.stop - block.start for block in missing)
    runner = run or partial(run_locally, workers=1)
    if progress:
        progress(done, plan.samples)
    with closing(runner(work, missing)) as finished:
        for block, _ in finished:
            done += block.stop - block.start
            if progress:
                progress(done, plan.samples)
    with _explained(places.root):
        tally = finish(places, plan, cache, command, failed_inputs)
    return Outcome(tally.samples, tally.failed, already_complete=False)


def go_on(places: Places, progress: Callable[[int, int], None] | None = None) -> Outcome:
    """Go on with a data set that is not complete, from nothing but its folder, which holds its layers.

    Raises
    ------
    OutputError
        If there is none, its plan or layers are missing, or as for `make`.
    """
    plan = places.read_plan()
    try:
        context = json.loads(places.context.read_text(encoding="utf-8"))
        command, failed_inputs = str(context["command"]), list(context["failed_inputs"])
    except (OSError, ValueError, KeyError, TypeError):
        command, failed_inputs = "", []
    return make(
        places,
        plan,
        LayerCache(places.layers),
        command=command,
        failed_inputs=failed_inputs,
        progress=progress,
    )


def samples_done(places: Places) -> tuple[int, int]:
    """Return how many samples of an unfinished data set are complete, and how many there are to be.

    Raises
    ------
    OutputError
        If there is no data set that this version can go on with.
    """
    plan = places.read_plan()
    done = sum(block.stop - block.start for block in plan.blocks() if places.record(block.number).exists())
    return done, plan.samples


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _refuse_other(places: Places, plan: Plan) -> None:
    try:
        found = json.loads(places.plan.read_text(encoding="utf-8"))
        there = Plan.from_json(found)
    except (OSError, ValueError, InputError) as error:
        raise OutputError(
            f"{places.root} holds another data set ({error}). "
            "Data sets are never mixed: choose another folder."
        ) from error
    if there.fingerprint == plan.fingerprint:
        return
    differences = [
        f"{key} was {before!r} and is now {plan.options.as_json()[key]!r}"
        for key, before in there.options.as_json().items()
        if before != plan.options.as_json()[key]
    ]
    if there.joints != plan.joints:
        differences.append(f"its {len(there.joints)} joints are not these {len(plan.joints)}")
    raise OutputError(
        f"{places.root} holds a data set of another plan: {'; '.join(differences[:_MOST_DIFFERENCES])}. "
        "Data sets are never mixed: choose another folder, or give the same command as before."
    )


@contextmanager
def _explained(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{root}: {error.strerror or error}. What is finished is complete.") from error

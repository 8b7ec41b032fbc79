"""A data set from begin to end: begun or gone on with, made block by block, completed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial

from ..files import output_file, write_json
from ..version import __version__
from .plan.dataset_paths import DatasetPaths
from .plan.layer_cache import LayerCache
from .plan.plan import Block, Plan
from .report.finish import finish
from .run.block_work import work_on
from .run.folder_check import explained, plan_there, refuse_other_plan
from .run.local_workers import Work, run_locally

Runner = Callable[[Work, Iterable[Block]], Generator[tuple[Block, int], None, None]]


@dataclass(frozen=True)
class Outcome:
    """What a run ended with."""

    samples: int
    failed: int
    already_complete: bool


def begin_dataset(places: DatasetPaths, plan: Plan) -> bool:
    """Make the folder a data set's, or see that it is this one's; return whether it is complete already.

    Raises
    ------
    OutputError
        If the folder holds something else, or can't be written.
    """
    with explained(places):
        there = plan_there(places)
        if there is not None:
            refuse_other_plan(places, there, plan)
            return places.done.exists()
        with output_file(places.plan) as place:
            write_json(place, plan.as_json())
    return False


def make_dataset(
    places: DatasetPaths,
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
    if begin_dataset(places, plan):
        summary = json.loads(places.done.read_text(encoding="utf-8"))
        return Outcome(summary["samples"], summary["failed_samples"], already_complete=True)
    with explained(places), output_file(places.context, overwrite=True) as place:
        write_json(place, {"command": command, "failed_inputs": list(failed_inputs)})
    work = partial(
        work_on, str(places.root.resolve()), str(cache.folder.resolve()), plan.fingerprint, __version__
    )
    missing = _missing_blocks(places, plan)
    done = _samples_beyond(plan, missing)
    runner = run or partial(run_locally, workers=1)
    if progress:
        progress(done, plan.samples)
    with _without_remains(places), closing(runner(work, missing)) as finished:
        for block, _ in finished:
            done += block.stop - block.start
            if progress:
                progress(done, plan.samples)
    with explained(places):
        tally = finish(places, plan, cache, command, failed_inputs)
    return Outcome(tally.samples, tally.failed, already_complete=False)


def resume_dataset(places: DatasetPaths, progress: Callable[[int, int], None] | None = None) -> Outcome:
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
    return make_dataset(
        places,
        plan,
        LayerCache(places.layers),
        command=command,
        failed_inputs=failed_inputs,
        progress=progress,
    )


def samples_done(places: DatasetPaths) -> tuple[int, int]:
    """Return how many samples of an unfinished data set are complete, and how many there are to be.

    Raises
    ------
    OutputError
        If there is no data set that this version can go on with.
    """
    plan = places.read_plan()
    return _samples_beyond(plan, _missing_blocks(places, plan)), plan.samples


def _missing_blocks(places: DatasetPaths, plan: Plan) -> list[Block]:
    return [block for block in plan.blocks() if not places.record(block.number).exists()]


def _samples_beyond(plan: Plan, missing: Sequence[Block]) -> int:
    """Return how many samples lie in the other blocks."""
    return plan.samples - sum(block.stop - block.start for block in missing)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


@contextmanager
def _without_remains(places: DatasetPaths) -> Iterator[None]:
    """Where the work stops early, remove what workers that were ended had begun."""
    try:
        yield
    except BaseException:
        for remains in (places.work / "staged").glob("*"):
            shutil.rmtree(remains, ignore_errors=True)
        for remains in (places.work / "blocks").glob(".*.partial*"):
            remains.unlink(missing_ok=True)
        raise

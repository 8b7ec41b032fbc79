"""A data set from begin to end: begun or gone on with, made block by block, completed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial

from ..errors import InputError, OutputError
from ..files import output_file, read_json, write_json
from .plan.dataset_paths import DatasetPaths
from .plan.layer_cache import LayerCache
from .plan.plan import Block, Plan
from .plan.plan_file import read_plan, write_plan
from .report.finish import finish_dataset
from .run.block_worker import BlockWorker
from .run.folder_check import explain_errors, find_plan, refuse_other_plan
from .run.folder_lock import lock_folder
from .run.local_workers import Work, run_locally
from .run.uid_key import keep_uid_key

Runner = Callable[[Work, Iterable[Block]], Generator[tuple[Block, int], None, None]]
"""Does blocks, here or elsewhere, and yields each when it is done, with what the work returned."""


@dataclass(frozen=True)
class DatasetOutcome:
    """What a run ended with."""

    samples: int
    """Number of samples that the data set holds."""
    failed: int
    """Number of samples that could not be made."""
    already_complete: bool
    """Whether there was nothing left to do."""


def make_dataset(
    paths: DatasetPaths,
    plan: Plan,
    cache: LayerCache,
    *,
    run: Runner | None = None,
    command: str = "",
    failed_inputs: Sequence[Mapping[str, str]] = (),
    uid_key: bytes | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> DatasetOutcome:
    """Make a data set, or what is missing of it.

    Parameters
    ----------
    paths
        Of its folder.
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
    uid_key
        Secret of 16 bytes or more, from which the UIDs of DICOM files follow; by default one is drawn, and
        forgotten when the data set is complete, so that nobody can tell which film they belong to.
    progress
        Called with (samples done, all); may raise to stop. What is finished stays, and the same call goes on.

    Raises
    ------
    OutputError
        If the folder holds something else, somebody works there, the disk is full, or workers die again and
        again.
    InputError
        If layers are missing or others than planned.

    Examples
    --------
    >>> from LayerSeparationLib.dataset import (
    ...     CachingSeparator,
    ...     DatasetOptions,
    ...     SeriesLabel,
    ...     make_plan,
    ...     verify,
    ... )
    >>> phantom = make_joint("MCP", seed=3)
    >>> separator, cache = Separator("cpu"), LayerCache(Path("layers"))
    >>> caching = CachingSeparator(separator.separate, separator.weights.sha256, cache)
    >>> layers = caching.separate(phantom.radiograph, phantom.pose)
    >>> plan = make_plan(
    ...     [caching.describe(Path("film.png"), layers, SeriesLabel(("film.png",), "file"))],
    ...     DatasetOptions(per_joint=2, jsw=(0.5, 2.0), formats=("webdataset",)),
    ... )
    >>> make_dataset(DatasetPaths(Path("set")), plan, cache)
    DatasetOutcome(samples=2, failed=0, already_complete=False)
    >>> verify(Path("set"))
    []
    """
    with explain_errors(paths):
        there = find_plan(paths)
        if there is not None:
            refuse_other_plan(paths, there, plan)
    if there is not None and paths.is_complete:
        try:
            summary = read_json(paths.summary)
            samples, failed = int(summary["samples"]), int(summary["failed_samples"])
        except (InputError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise OutputError(
                f"{paths.summary} is damaged ({error}): remove it, and the same command makes it again."
            ) from error
        return DatasetOutcome(samples, failed, already_complete=True)
    with lock_folder(paths) as lock:
        with explain_errors(paths):
            if there is None:
                write_plan(paths.plan, plan)
            keep_uid_key(paths, uid_key)
            with output_file(paths.provenance, overwrite=True) as temporary:
                write_json(temporary, {"command": command, "failed_inputs": list(failed_inputs)})
        work = BlockWorker(paths.root.resolve(), cache.folder.resolve(), plan.fingerprint)
        missing = _missing_blocks(paths, plan)
        done = _samples_beyond(plan, missing)
        runner = run or partial(run_locally, workers=1)
        if progress:
            progress(done, plan.samples)
        with _no_remains(paths), closing(runner(work, missing)) as finished:
            for block, _ in finished:
                lock.check()
                done += block.samples
                if progress:
                    progress(done, plan.samples)
        with explain_errors(paths):
            made = finish_dataset(paths, plan, cache, command, failed_inputs)
    return DatasetOutcome(made.samples, made.failed, already_complete=False)


def resume_dataset(paths: DatasetPaths, progress: Callable[[int, int], None] | None = None) -> DatasetOutcome:
    """Go on with a data set that is not complete, from nothing but its folder, which holds its layers.

    Parameters
    ----------
    paths
        Of the folder.
    progress
        As for `make_dataset`.

    Raises
    ------
    OutputError
        If there is none, its plan can't be used, or as for `make_dataset`.
    InputError
        If layers are missing or others than planned.

    Examples
    --------
    >>> resume_dataset(DatasetPaths(Path("nowhere")))
    Traceback (most recent call last):
    ...
    LayerSeparationLib.errors.OutputError: nowhere...plan.json can't be read as the plan of a data set: ...
    """
    plan = read_plan(paths.plan)
    try:
        provenance = read_json(paths.provenance)
        command, failed_inputs = str(provenance["command"]), list(provenance["failed_inputs"])
    except (InputError, KeyError, TypeError):
        command, failed_inputs = "", []
    return make_dataset(
        paths,
        plan,
        LayerCache(paths.layers),
        command=command,
        failed_inputs=failed_inputs,
        progress=progress,
    )


def count_samples(paths: DatasetPaths) -> tuple[int, int]:
    """Return how many samples of an unfinished data set are complete, and how many there are to be.

    Raises
    ------
    OutputError
        If there is no data set that this version can go on with.

    Examples
    --------
    >>> count_samples(DatasetPaths(Path("nowhere")))
    Traceback (most recent call last):
    ...
    LayerSeparationLib.errors.OutputError: nowhere...plan.json can't be read as the plan of a data set: ...
    """
    plan = read_plan(paths.plan)
    return _samples_beyond(plan, _missing_blocks(paths, plan)), plan.samples


def available_cores() -> int:
    """Return the number of cores that this process may use.

    Examples
    --------
    >>> available_cores() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def _missing_blocks(paths: DatasetPaths, plan: Plan) -> list[Block]:
    return [block for block in plan.blocks() if not paths.block_record(block.number).exists()]


def _samples_beyond(plan: Plan, missing: Sequence[Block]) -> int:
    """Return how many samples lie in the other blocks."""
    return plan.samples - sum(block.samples for block in missing)


@contextmanager
def _no_remains(paths: DatasetPaths) -> Iterator[None]:
    """Where the work stops early, remove what workers that were ended had begun."""
    try:
        yield
    except BaseException:
        for remains in (paths.work / "staged").glob("*"):
            shutil.rmtree(remains, ignore_errors=True)
        for remains in (paths.work / "blocks").glob(".*.partial*"):
            remains.unlink(missing_ok=True)
        raise

"""``layer-separation dataset``: many synthetic joints with their ground truth, by a plan."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..dataset import (
    CachingSeparator,
    DatasetOptions,
    DatasetPaths,
    InputJoint,
    LayerCache,
    Plan,
    available_cores,
    make_dataset,
    make_plan,
    own_folder,
    run_locally,
    series_label,
    verify,
)
from ..dataset.make_dataset import Runner
from ..dataset.plan.narrowing_score import NORMAL_JSW_MM
from ..errors import InputError, LayerSeparationError
from ..separation import Separator
from .joint_jobs import Report, joint_jobs
from .progress import ProgressLine

if TYPE_CHECKING:
    from distributed import Client

_SHOWN_PROBLEMS = 20
_OF_THE_PLACE = ("--workers", "--scheduler", "--cache", "--device")


def run(options: argparse.Namespace) -> int:
    """Make a data set, go on with one, or check one."""
    if options.verify is not None:
        return _verify(options.verify)
    if options.output is None or not options.inputs:
        raise InputError("Name the radiographs, and a folder with --output (or check one with --verify DIR).")
    asked = _asked(options)
    if options.workers is not None and options.workers < 1:
        raise InputError(f"--workers must be 1 or more, not {options.workers}.")
    # "missing/../set" is a folder to write to even where "missing" is not there.
    places = DatasetPaths(options.output.resolve())
    cache = LayerCache(options.cache or places.layers)
    report = Report()
    with own_folder(places, asked), _client(options.scheduler) as client:
        plan, failures = _planned(options, asked, cache, report, client)
        show = ProgressLine()
        outcome = make_dataset(
            places,
            plan,
            cache,
            run=_runner(options, client),
            command=_command(options),
            failed_inputs=failures,
            progress=partial(show, "samples"),
        )
    report.results.append(
        {
            "folder": str(options.output),
            "joints": len(plan.joints),
            "samples": outcome.samples,
            "failed_samples": outcome.failed,
            "already_complete": outcome.already_complete,
        }
    )
    if not options.json:
        state = "was complete already" if outcome.already_complete else "is complete"
        print(f"{options.output} {state}: {outcome.samples} samples of {len(plan.joints)} joints.")
    if outcome.failed:
        text = f"{outcome.failed} samples could not be made; {places.done} and README.md there say why."
        report.failed.append({"file": str(options.output), "part": "", "error": text})
    return report.close(options.json)


def _asked(options: argparse.Namespace) -> DatasetOptions:
    jsw, change = options.jsw, options.change
    if jsw is None and change is None:
        raise InputError("Say what to ask for: --jsw 0:2.5 (widths) or --change=-1:1 (changes).")
    own_widths = dict(options.normal_jsw)
    return DatasetOptions(
        per_joint=options.per_joint,
        seed=options.seed,
        formats=options.format,
        jsw=jsw,
        change=change,
        balance=options.balance,
        unit=options.unit,
        tilt_deg=options.tilt,
        shift=options.shift,
        moves=options.moves,
        exposure=options.exposure,
        noise=options.noise,
        split=options.split,
        normal_jsw_mm=own_widths if "*" in own_widths else {**NORMAL_JSW_MM, **own_widths},
        keep_patient=options.keep_patient,
        licence=options.licence,
    )


def _planned(
    options: argparse.Namespace,
    asked: DatasetOptions,
    cache: LayerCache,
    report: Report,
    client: Client | None,
) -> tuple[Plan, list[dict[str, str]]]:
    separator = _caching(options, asked, cache, client)
    inputs: list[InputJoint] = []
    for job in joint_jobs(options, report, folder_each=False, separator=separator):
        with report.failures_of(job.path, job.layers.pose.name):
            inputs.append(separator.described(job.path, job.layers, series_label(job.path, options.series)))

    def refused(one: InputJoint, error: LayerSeparationError) -> None:
        report.failed.append({"file": str(one.path), "part": one.name, "error": str(error)})

    try:
        plan = make_plan(inputs, asked, refused)
    except LayerSeparationError:
        report.close(as_json=False)
        raise
    if len(plan.joints) < len(inputs) - len(report.failed):
        print("Some inputs show the same joint of the same film: each is taken once.", file=sys.stderr)
    reasons = [{"reason": _without_paths(failure["error"], failure["file"])} for failure in report.failed]
    return plan, reasons


def _without_paths(error: str, path: str) -> str:
    """Return a reason without the input's name, which may name a patient."""
    return error.replace(path, "the input").replace(Path(path).stem, "the input")


def _caching(
    options: argparse.Namespace, asked: DatasetOptions, cache: LayerCache, client: Client | None
) -> CachingSeparator:
    if client is not None:
        from ..dataset.run.cluster import ClusterSeparation, has_gpu_workers
        from ..inference.weights import find_weights
        from ..separation.separator import default_weights

        if has_gpu_workers(client):
            weights = find_weights(options.weights or default_weights())
            remote = ClusterSeparation(client, options.weights)
            return CachingSeparator(remote, weights.sha256, cache, asked.keep_patient)
    own = Separator(options.device, options.weights, tell=lambda text: print(text, file=sys.stderr))
    return CachingSeparator(own.separate, own.weights.sha256, cache, asked.keep_patient)


def _runner(options: argparse.Namespace, client: Client | None) -> Runner:
    if client is not None:
        from ..dataset.run.cluster import run_on_cluster

        return partial(run_on_cluster, client)
    return partial(run_locally, workers=options.workers or available_cores())


@contextmanager
def _client(scheduler: str | None) -> Iterator[Client | None]:
    if scheduler is None:
        yield None
        return
    from ..dataset.run.cluster import connect

    with connect(scheduler) as client:
        yield client


def _command(options: argparse.Namespace) -> str:
    """Return the command line without the names of inputs and folders, which may name patients."""
    named = {**dict.fromkeys(options.inputs, "IN"), options.output: "DIR", options.cache: "DIR"}
    stands_for = {str(path): word for path, word in named.items()}
    words = [stands_for.get(word, word) for word in _without_choices_of_place(options.words)]
    return shlex.join(["layer-separation", *words])


def _without_choices_of_place(words: Sequence[str]) -> Iterator[str]:
    """Leave out where and by how many a data set was made: the same data set has the same card."""
    left = iter(words)
    for word in left:
        name, equals, _ = word.partition("=")
        if name not in _OF_THE_PLACE:
            yield word
        elif not equals:
            next(left, None)


def _verify(folder: Path) -> int:
    problems = verify(folder)
    for problem in problems[:_SHOWN_PROBLEMS]:
        print(problem, file=sys.stderr)
    if problems:
        print(f"{folder}: {len(problems)} problems.", file=sys.stderr)
        return 1
    print(f"{folder}: every file is as it was written.")
    return 0

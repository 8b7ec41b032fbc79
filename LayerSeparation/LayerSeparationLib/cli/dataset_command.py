"""``layer-separation dataset``: many synthetic joints with their ground truth, by a plan."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..dataset import (
    BALANCES,
    CachingSeparator,
    DatasetOptions,
    DatasetPaths,
    InputJoint,
    LayerCache,
    Plan,
    available_cores,
    check_folder,
    estimate_run,
    label_series,
    make_dataset,
    make_plan,
    run_locally,
    verify,
)
from ..dataset.make_dataset import Runner
from ..dataset.plan.narrowing_score import NORMAL_JSW_MM
from ..dataset.plan.series import SERIES_RULES
from ..errors import DoubtfulJointError, InputError, LayerSeparationError
from ..export import collection_formats
from ..export.encoding.png import IMAGE_BITS, ImageBits
from ..files.json_file import json_text
from ..files.visible_text import visible
from ..radiograph import LengthUnit
from ..synthesis.gap_edit import MOVING_BONES, UNITS, MovingBone
from .dataset_plan import describe_plan, describe_splits, summarize_plan
from .film_inputs import find_inputs, make_separator, separate_inputs
from .hints import PROGRAM
from .option_types import (
    names_parser,
    parse_count,
    parse_normal_width,
    parse_number,
    parse_positive_count,
    parse_series_rule,
    parse_shares,
    parse_span,
)
from .options import Command, Exclusive, option, switch
from .progress import Progress, say
from .run_report import RunReport, say_done
from .shared_options import INPUTS_HELP, FilmOptions, SummaryOptions
from .usage import UsageError, wrong_usage

if TYPE_CHECKING:
    from distributed import Client

_SHOWN_PROBLEMS = 20
_OF_THE_PLACE = ("--workers", "--scheduler", "--cache", "--device", "--uid-key")
_WIDTHS = Exclusive()
_FORMATS = tuple(one.name for one in collection_formats())


@dataclass(frozen=True, kw_only=True)
class Options(FilmOptions, SummaryOptions):
    """Films in, and what the data set is to hold."""

    inputs: tuple[Path, ...] = option(
        "inputs", default=(), type=Path, nargs="*", metavar="IN", help=INPUTS_HELP
    )
    output: Path | None = option(
        default=None, type=Path, metavar="DIR", help="folder of the data set; begun or gone on with"
    )
    verify: Path | None = option(
        default=None, type=Path, metavar="DIR", help="check the files of a finished data set"
    )
    per_joint: int = option(
        default=50, type=parse_positive_count, metavar="N", help="samples of each joint (50)"
    )
    matched_real: int = option(
        default=0,
        type=parse_count,
        metavar="N",
        help="so many more of each joint with the gap as it was taken, moved as a whole (0): no network "
        "can tell them from the others by the way they were made",
    )
    jsw: tuple[float, float] | None = option(
        default=None,
        exclusive=_WIDTHS,
        type=parse_span,
        metavar="MM:MM",
        help="joint space widths to ask for, e.g. 0:2.5",
    )
    change: tuple[float, float] | None = option(
        default=None,
        exclusive=_WIDTHS,
        type=parse_span,
        metavar="MM:MM",
        help="or changes of them, e.g. --change -1:1",
    )
    balance: str = option(
        default="uniform",
        choices=BALANCES,
        help="how widths are spread: evenly, SvdH-like scores evenly, or as those of the inputs",
    )
    normal_jsw: tuple[tuple[str, float], ...] = option(
        default=(),
        type=parse_normal_width,
        action="append",
        metavar="[KIND=]MM",
        help="JSW of a healthy joint for SvdH-like scores; without KIND, of any joint "
        f"({', '.join(f'{kind}={width:g}' for kind, width in NORMAL_JSW_MM.items())}; the method does not "
        "score DIP and IP joints); repeatable",
    )
    unit: LengthUnit = option(default="mm", choices=UNITS, help="of --jsw, --change, --shift")
    tilt: float = option(default=0.0, type=parse_number, metavar="DEG", help="tilt, up to +-DEG")
    shift: float = option(default=0.0, type=parse_number, metavar="MM", help="motion across, up to +-MM")
    moves: MovingBone = option(default="upper", choices=MOVING_BONES, help="bone that moves")
    exposure: float = option(
        default=0.0, type=parse_number, metavar="SHARE", help="exposure, up to a factor of 1 + SHARE"
    )
    noise: float = option(
        default=0.0, type=parse_number, metavar="SD", help="added noise, up to SD of intensity 0..1"
    )
    format: tuple[str, ...] = option(
        default=("png",),
        type=names_parser(_FORMATS),
        metavar="NAME,...",
        help=f"among {','.join(_FORMATS)} (png)",
    )
    image_bits: ImageBits = option(
        default=8,
        type=int,
        choices=IMAGE_BITS,
        help="bits of a pixel of the images of coco, yolo and webdataset (8: Pillow turns 16 white)",
    )
    seed: int = option(default=0, type=parse_count, metavar="N", help="of everything that is drawn (0)")
    split: tuple[float, float, float] = option(
        default=(0.8, 0.1, 0.1), type=parse_shares, metavar="A:B:C", help="train:val:test (80:10:10)"
    )
    series: str = option(
        default="auto",
        type=parse_series_rule,
        metavar="RULE",
        help=f"what a split must not tear apart: {', '.join(SERIES_RULES)}, or a regular expression for the "
        "path whose group is the series (auto: patient and study of DICOM files; of others the folder, where "
        "they lie in several, else each file)",
    )
    workers: int | None = option(
        default=None, type=parse_positive_count, metavar="N", help="processes (all cores)"
    )
    scheduler: str | None = option(
        default=None, metavar="ADDRESS", help="of a Dask cluster that shares the folders"
    )
    cache: Path | None = option(
        default=None, type=Path, metavar="DIR", help="keep separated layers here, for other runs"
    )
    uid_key: Path | None = option(
        default=None,
        type=Path,
        metavar="FILE",
        help="secret of 16 bytes or more from which UIDs of DICOM files follow (else drawn, and forgotten)",
    )
    licence: str = option(default="", metavar="TEXT", help="for the data card")
    plan_only: bool = switch("say what would be made, its size and time; make nothing but the layers")
    with_doubtful: bool = switch("take joints whose joint space width is to be checked too")
    keep_patient: bool = switch("keep patient and study of DICOM sources (left out otherwise)")
    words: tuple[str, ...] = ()
    """The command line as it was given."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.verify is not None:
            ignored = {"verify", "json", "words"}
            if any(getattr(self, one.name) != one.default for one in fields(self) if one.name not in ignored):
                raise UsageError("argument --verify: checks a data set that is there; it takes nothing else")
        elif self.output is None or not self.inputs:
            raise UsageError(
                "name the radiographs, and a folder with --output (or check one with --verify DIR)"
            )
        elif self.jsw is None and self.change is None:
            raise UsageError("say what to ask for: --jsw 0:2.5 (widths) or --change -1:1 (changes)")


def run(options: Options) -> int:
    """Make a data set, go on with one, or check one."""
    if options.verify is not None:
        return _verify(options)
    assert options.output is not None
    with wrong_usage():
        wanted = _wanted(options)
    # "missing/../set" is a folder to write to even where "missing" is not there.
    paths = DatasetPaths(options.output.resolve())
    cache = LayerCache(options.cache or paths.layers)
    report, uid_key = RunReport(), _read_key(options.uid_key)
    with check_folder(paths, wanted), _client(options.scheduler) as client, Progress() as progress:
        plan, failures = _make_plan(options, wanted, cache, report, client)
        if options.plan_only:
            return _tell_plan(options, plan, cache, report)
        outcome = make_dataset(
            paths,
            plan,
            cache,
            run=_runner(options, client),
            command=_command(options),
            failed_inputs=failures,
            uid_key=uid_key,
            progress=partial(progress, "samples"),
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
        say_done(f"{options.output} {state}: {outcome.samples} samples of {len(plan.joints)} joints.")
    if outcome.failed:
        text = f"{outcome.failed} samples could not be made; {paths.summary} and README.md there say why."
        report.add_failure(options.output, "", LayerSeparationError(text))
    return report.close(options)


def _wanted(options: Options) -> DatasetOptions:
    own_widths = dict(options.normal_jsw)
    return DatasetOptions(
        per_joint=options.per_joint,
        matched_real=options.matched_real,
        seed=options.seed,
        formats=options.format,
        jsw=options.jsw,
        change=options.change,
        balance=options.balance,
        unit=options.unit,
        tilt_deg=options.tilt,
        shift=options.shift,
        moves=options.moves,
        exposure=options.exposure,
        noise=options.noise,
        split=options.split,
        normal_jsw_mm=own_widths if "*" in own_widths else {**NORMAL_JSW_MM, **own_widths},
        with_doubtful=options.with_doubtful,
        keep_patient=options.keep_patient,
        licence=options.licence,
        image_bits=options.image_bits,
    )


def _read_key(path: Path | None) -> bytes | None:
    try:
        return None if path is None else path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}.") from error


def _tell_plan(options: Options, plan: Plan, cache: LayerCache, report: RunReport) -> int:
    estimate = estimate_run(plan, cache, _workers(options))
    report.results.append(summarize_plan(plan, estimate))
    if not options.json:
        for line in describe_plan(plan, estimate, _workers(options)):
            say_done(line)
        say_done(f"Nothing was made but layers, which are kept in {cache.folder} for the run.")
    return report.close(options)


def _workers(options: Options) -> int:
    return options.workers or available_cores()


def _make_plan(
    options: Options,
    wanted: DatasetOptions,
    cache: LayerCache,
    report: RunReport,
    client: Client | None,
) -> tuple[Plan, list[dict[str, str]]]:
    separator = _caching(options, wanted, cache, client)
    inputs: list[InputJoint] = []
    paths = find_inputs(options.inputs, report)
    series = label_series(paths, options.series)
    for path in [path for path in paths if path not in series]:
        reason = f"'{options.series}' does not match the path, so its series is not known."
        report.add_failure(path, "", InputError(reason))
    known = [path for path in paths if path in series]
    for joint in separate_inputs(options, report, folder_each=False, separator=separator, paths=known):
        with report.failures_of(joint.path, joint.layers.pose.name):
            inputs.append(
                separator.describe(joint.path, joint.layers, series[joint.path], joint.film_findings)
            )

    def refuse(one: InputJoint, error: LayerSeparationError) -> None:
        note = report.add_left_out if isinstance(error, DoubtfulJointError) else report.add_failure
        note(one.path, one.name, error)

    try:
        plan = make_plan(inputs, wanted, refuse)
    except LayerSeparationError:
        report.print_failures(options)
        raise
    if len(plan.joints) < len(inputs) - len(report.failures) - len(report.left_out):
        print("Some inputs show the same joint of the same film: each is taken once.", file=sys.stderr)
    for line in describe_splits(plan):
        say(line)
    reasons = [
        {"reason": _without_paths(str(one.error), one.file)} for one in [*report.failures, *report.left_out]
    ]
    return plan, reasons


def _without_paths(error: str, path: str) -> str:
    """Return a reason without the input's name, which may name a patient."""
    return error.replace(path, "the input").replace(Path(path).stem, "the input")


def _caching(
    options: Options, wanted: DatasetOptions, cache: LayerCache, client: Client | None
) -> CachingSeparator:
    if client is not None:
        from ..dataset.run.cluster import ClusterSeparation, has_gpu_workers
        from ..inference.weights import find_weights
        from ..separation.separator import default_weights

        if has_gpu_workers(client):
            weights = find_weights(options.weights or default_weights())
            remote = ClusterSeparation(client, options.weights)
            return CachingSeparator(remote, weights.sha256, cache, wanted.keep_patient)
    own = make_separator(options)
    return CachingSeparator(own.separate, own.weights.sha256, cache, wanted.keep_patient)


def _runner(options: Options, client: Client | None) -> Runner:
    if client is not None:
        from ..dataset.run.cluster import run_on_cluster

        return partial(run_on_cluster, client)
    return partial(run_locally, workers=_workers(options))


@contextmanager
def _client(scheduler: str | None) -> Iterator[Client | None]:
    if scheduler is None:
        yield None
        return
    from ..dataset.run.cluster import connect

    with connect(scheduler) as client:
        yield client


def _command(options: Options) -> str:
    """Return the command line without the names of inputs and folders, which may name patients."""
    stands_for = {str(path): "IN" for path in options.inputs}
    stands_for.update({str(path): "DIR" for path in (options.output, options.cache)})
    words = []
    for word in _without_choices_of_place(options.words):
        name, equals, value = word.partition("=")
        words.append(f"{name}={stands_for.get(value, value)}" if equals else stands_for.get(word, word))
    return shlex.join([PROGRAM, *words])


def _without_choices_of_place(words: Sequence[str]) -> Iterator[str]:
    """Leave out where and by how many a data set was made: the same data set has the same card."""
    left = iter(words)
    for word in left:
        name, equals, _ = word.partition("=")
        if name not in _OF_THE_PLACE:
            yield word
        elif not equals:
            next(left, None)


def _verify(options: Options) -> int:
    folder = options.verify
    assert folder is not None
    problems = verify(folder)
    if options.json:
        print(json_text({"dataset": str(folder), "problems": problems}))
        return 1 if problems else 0
    for problem in problems[:_SHOWN_PROBLEMS]:
        print(visible(problem), file=sys.stderr)
    if problems:
        print(f"{folder}: {len(problems)} problems.", file=sys.stderr)
        return 1
    print(f"{folder}: every file is as it was written.")
    return 0


COMMAND = Command("dataset", "make a data set of synthetic joints with ground truth", Options, run)

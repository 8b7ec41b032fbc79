"""What a data set will take: told from a few of its samples, which are made for trial."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import LayerSeparationError
from ..export import choose_collection_formats
from .plan.layer_cache import LayerCache
from .plan.plan import Plan
from .report.spread_samples import load_samples, spread_numbers
from .run.render_sample import render_sample

_SAMPLES_TRIED = 8
_MANIFEST_ROW_BYTES, _LABELS_ROW_BYTES = 130, 300
"""Of text, on average."""


@dataclass(frozen=True)
class RunEstimate:
    """What a run will take, from its layers on."""

    tried: int
    """Samples that were made for it; 0 where none could be made."""
    bytes: int
    """Of all files."""
    seconds: float
    """Of all workers at once."""


def estimate_run(plan: Plan, cache: LayerCache, workers: int = 1) -> RunEstimate:
    """Make a few samples from all over a plan in a temporary folder, and tell what all of them will take.

    Parameters
    ----------
    plan
        Of the data set.
    cache
        The layers of its joints.
    workers
        Processes that will work at once. They share the disk, so the figure is what is possible at best.

    Raises
    ------
    DependencyError
        If a format needs a package that is missing.
    InputError
        If layers are damaged.
    OSError
        If there is no place for temporary files.

    Examples
    --------
    >>> from LayerSeparationLib.dataset import CachingSeparator, DatasetOptions, SeriesLabel, make_plan
    >>> phantom = make_joint("MCP", seed=3)
    >>> separator, cache = Separator("cpu"), LayerCache(Path("layers"))
    >>> caching = CachingSeparator(separator.separate, separator.weights.sha256, cache)
    >>> layers = caching.separate(phantom.radiograph, phantom.pose)
    >>> joint = caching.describe(Path("film.png"), layers, SeriesLabel(("film.png",), "file"))
    >>> plan = make_plan([joint], DatasetOptions(per_joint=100, jsw=(0.5, 2.0), formats=("yolo",)))
    >>> estimate = estimate_run(plan, cache)
    >>> estimate.tried, 3e6 < estimate.bytes < 9e6
    (8, True)
    """
    options = plan.options
    formats = choose_collection_formats(options.formats, options.settings)
    tried, began = 0, time.perf_counter()
    with TemporaryDirectory() as folder:
        with ExitStack() as opened:
            writers = [
                opened.enter_context(one.block(Path(folder) / one.name, "train", 0)) for one in formats
            ]
            for planned, cached in load_samples(plan, cache, spread_numbers(plan, _SAMPLES_TRIED)):
                with suppress(LayerSeparationError):
                    sample = render_sample(planned, cached, options)
                    for writer in writers:
                        writer.add(planned.number, planned.name, sample)
                    tried += 1
        seconds = time.perf_counter() - began
        sizes = [path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()]
    if not tried:
        return RunEstimate(0, 0, 0.0)
    rows = plan.samples * _LABELS_ROW_BYTES + _MANIFEST_ROW_BYTES * len(sizes) * plan.samples // tried
    return RunEstimate(
        tried=tried,
        bytes=sum(sizes) * plan.samples // tried + rows,
        seconds=seconds * plan.samples / tried / workers,
    )

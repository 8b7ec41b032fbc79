"""The work on one block of samples: the same whoever does it, alone or beside others, once or again."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...errors import InputError, LayerSeparationError, OutputError
from ...export import choose_collection_formats
from ...version import __version__
from ..plan.dataset_paths import DatasetPaths, put_in_place, write_lines
from ..plan.layer_cache import CachedJoint, LayerCache
from ..plan.plan import Block, Plan, PlannedJoint
from .render_sample import labels_of, realized


def work_on(root: str, layers: str, fingerprint: str, version: str, block: Block) -> int:
    """Make the samples of a block, put them in place, and note that they are; return how many failed.

    Parameters
    ----------
    root
        Folder of the data set; it holds the plan.
    layers
        Folder of the layer cache.
    fingerprint, version
        Of the plan and of the program that hands out the work: a worker elsewhere may see another folder, or
        have another version installed.
    block
        What to make.

    Raises
    ------
    OutputError
        If the folder can't be written, or is not the one that was meant.
    InputError
        If layers are missing or others than planned.
    """
    places = DatasetPaths(Path(root))
    if version != __version__:
        raise OutputError(f"This worker has LayerSeparation {__version__}, the data set needs {version}.")
    plan = _plan(places)
    if plan.fingerprint != fingerprint:
        raise OutputError(
            f"{places.plan} as this worker sees it is another plan: give a folder that all share."
        )
    staged = places.work / "staged" / f"{block.number:07d}-{secrets.token_hex(4)}"
    try:
        staged.mkdir(parents=True)
        lines = list(_made(plan, LayerCache(Path(layers)), block, staged))
        files = put_in_place(staged, places.root)
        write_lines(places.record(block.number), iter([*lines, *({"file": file} for file in files)]))
    except OSError as error:
        raise OutputError(f"{places.root}: {error.strerror or error}. {_GO_ON}") from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return sum("failed" in line for line in lines)


_GO_ON = "What is finished is complete; once this is mended, the same command goes on from there."


@lru_cache(maxsize=2)
def _plan(places: DatasetPaths) -> Plan:
    return places.read_plan()


def _made(plan: Plan, cache: LayerCache, block: Block, staged: Path) -> Iterator[dict[str, Any]]:
    """Write the samples one by one; only one is held at a time."""
    formats = choose_collection_formats(plan.options.formats)
    with ExitStack() as opened:
        writers = {
            one.name: opened.enter_context(one.block(staged / one.name, block.split, block.number_in_split))
            for one in formats
        }
        for number in range(block.start, block.stop):
            planned = plan.sample(number)
            cached = _layers(cache.folder, planned.joint)
            try:
                sample = realized(planned, cached)
            except LayerSeparationError as error:
                yield {"number": number, "name": planned.name, "failed": str(error)}
                continue
            data = {name: writer.add(number, planned.name, sample) for name, writer in writers.items()}
            yield {
                "number": number,
                "name": planned.name,
                "split": block.split,
                "labels": labels_of(planned, sample, plan.options),
                "data": data,
            }


# The next block is mostly of the same joint, whose bones are then prepared for motion already.
@lru_cache(maxsize=1)
def _layers(folder: Path, joint: PlannedJoint) -> CachedJoint:
    found = LayerCache(folder).load(joint.key)
    if found is None:
        raise InputError(f"The layers of {joint.name} are not in {folder}: run the same command again.")
    if found.sha256 != joint.layers_sha256:
        raise InputError(f"The layers of {joint.name} in {folder} are not those of the plan.")
    return found

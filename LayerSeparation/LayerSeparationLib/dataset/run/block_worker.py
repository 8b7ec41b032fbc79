"""The work on one block of samples: the same whoever does it, alone or beside others, once or again."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ...errors import InputError, LayerSeparationError, OutputError
from ...export import choose_collection_formats
from ...files import move_into_place, write_json_lines
from ...version import __version__
from ..plan.dataset_paths import DatasetPaths
from ..plan.layer_cache import CachedJoint, LayerCache
from ..plan.plan import Block, Plan, PlannedJoint
from ..plan.plan_file import read_plan
from .render_sample import render_sample
from .uid_key import read_uid_key


class BlockWorker:
    """Makes samples block by block, in the process that holds it.

    It keeps the plan, and the joint that it rendered last with its bones prepared for motion: the next block
    is mostly of the same joint. Where it is sent to another process, it starts there without either.

    Parameters
    ----------
    root
        Folder of the data set; it holds the plan.
    layers
        Folder of the layer cache.
    fingerprint
        Of the plan: a worker elsewhere may see another folder.
    version
        Of the program that hands out the work: a worker elsewhere may have another one installed.
    """

    def __init__(self, root: Path, layers: Path, fingerprint: str, version: str = __version__) -> None:
        self._paths, self._cache = DatasetPaths(root), LayerCache(layers)
        self._fingerprint, self._version = fingerprint, version
        self._plan: Plan | None = None
        self._last: CachedJoint | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what is sent to another process."""
        return {**self.__dict__, "_plan": None, "_last": None}

    def __call__(self, block: Block) -> int:
        """Make the samples of a block, put them in place, and note that they are.

        Returns
        -------
        int
            How many samples could not be made.

        Raises
        ------
        OutputError
            If the folder can't be written, or is not the one that was meant.
        InputError
            If layers are missing or others than planned.
        """
        paths = self._paths
        plan = self._read_plan()
        staged = paths.work / "staged" / f"{block.number:07d}-{secrets.token_hex(4)}"
        try:
            staged.mkdir(parents=True)
            lines = list(self._render_block(plan, block, staged))
            files = move_into_place(staged, paths.root)
            write_json_lines(paths.block_record(block.number), [*lines, *({"file": file} for file in files)])
        except OSError as error:
            raise OutputError(
                f"{paths.root}: {error.strerror or error}. What is finished is complete; "
                "once this is mended, the same command goes on from there."
            ) from error
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        return sum("failed" in line for line in lines)

    def _read_plan(self) -> Plan:
        if self._version != __version__:
            raise OutputError(
                f"This worker has LayerSeparation {__version__}, the data set needs {self._version}."
            )
        if self._plan is None:
            plan = read_plan(self._paths.plan, check_schema=False)
            if plan.fingerprint != self._fingerprint:
                raise OutputError(
                    f"{self._paths.plan} as this worker sees it is another plan: "
                    "give a folder that all share."
                )
            self._plan = plan
        return self._plan

    def _render_block(self, plan: Plan, block: Block, staged: Path) -> Iterator[dict[str, Any]]:
        """Write the samples one by one; only one is held at a time."""
        uid_key = read_uid_key(self._paths)
        formats = choose_collection_formats(plan.options.formats, plan.options.settings)
        with ExitStack() as opened:
            writers = {
                one.name: opened.enter_context(
                    one.block(staged / one.name, block.split, block.number_in_split)
                )
                for one in formats
            }
            for number in range(block.start, block.stop):
                planned = plan.sample(number)
                cached = self._load(planned.joint)
                try:
                    sample = render_sample(planned, cached, plan.options, uid_key)
                except LayerSeparationError as error:
                    yield {"number": number, "name": planned.name, "failed": str(error)}
                    continue
                data = {name: writer.add(number, planned.name, sample) for name, writer in writers.items()}
                yield {
                    "number": number,
                    "name": planned.name,
                    "split": block.split,
                    "labels": sample.labels,
                    "data": data,
                }

    def _load(self, joint: PlannedJoint) -> CachedJoint:
        # Threads of a cluster's worker may share this object: each goes on with what it read here.
        last = self._last
        if last is not None and last.sha256 == joint.layers_sha256:
            return last
        found = self._cache.load(joint.key)
        if found is None:
            raise InputError(
                f"The layers of {joint.name} are not in {self._cache.folder}: run the same command again."
            )
        if found.sha256 != joint.layers_sha256:
            raise InputError(f"The layers of {joint.name} in {self._cache.folder} are not those of the plan.")
        self._last = found
        return found

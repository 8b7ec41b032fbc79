"""What the worker does for the section Compare: two visits compared, and written. Neither Qt nor MRML."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..follow_up import JointChange, write_comparison
from ..scene.visits import ComparisonStep, Visit, compare_visits, separate_visit
from .worker import JobProgress

if TYPE_CHECKING:
    from ..joints import JointFinder, JointPose
    from ..radiograph import Radiograph
    from ..separation import JointLayers, Separator


@dataclass(frozen=True, eq=False)
class WrittenComparison:
    """What was written of a comparison."""

    folder: Path
    """Where it is."""
    files: tuple[str, ...]
    """Names of the files."""


class ComparisonJob:
    """Makes jobs for the worker; keeps the networks between them, and what they said of the earlier film."""

    def __init__(self) -> None:
        self._device: str | None = None
        self._finder: JointFinder | None = None
        self._separator: Separator | None = None
        self._separated: tuple[Hashable, tuple[JointLayers, ...]] | None = None

    def compare(
        self, baseline: Visit, follow_up: Visit, device: str
    ) -> Callable[[JobProgress], list[JointChange]]:
        """Return a job that compares two visits; its progress says which `ComparisonStep` it is at.

        Joints of the baseline that are separated are not separated again.
        """

        def job(progress: JobProgress) -> list[JointChange]:
            def tell(step: ComparisonStep, done: int, total: int) -> None:
                progress(done, total, step)

            return compare_visits(self._separate(baseline, device, tell), follow_up, tell)

        return job

    def _separate(
        self, visit: Visit, device: str, tell: Callable[[ComparisonStep, int, int], None]
    ) -> tuple[JointLayers, ...]:
        has_joints = bool(visit.layers or visit.poses)
        key = visit.reading.state, device
        if not has_joints and self._separated is not None and self._separated[0] == key:
            return self._separated[1]
        if device != self._device:
            self._device, self._finder, self._separator = device, None, None
        layers = separate_visit(visit, self._find, self._separate_joint, tell)
        if not has_joints:
            self._separated = key, layers
        return layers

    def _find(self, radiograph: Radiograph) -> Sequence[JointPose]:
        from ..inference.torch_libraries import load_torch_libraries
        from ..joints import JointFinder

        load_torch_libraries()
        if self._finder is None:
            self._finder = JointFinder(self._device or "auto")
        return self._finder.find(radiograph)

    def _separate_joint(self, radiograph: Radiograph, pose: JointPose) -> JointLayers:
        from ..inference.torch_libraries import load_torch_libraries
        from ..separation import Separator

        load_torch_libraries()
        if self._separator is None:
            self._separator = Separator(self._device or "auto")
        return self._separator.separate(radiograph, pose)


def writing_job(
    folder: Path, changes: Sequence[JointChange], *, overwrite: bool, with_pictures: bool, with_report: bool
) -> Callable[[JobProgress], WrittenComparison]:
    """Return a job that writes a comparison as `layer-separation compare` does; nothing names the patient."""

    def job(progress: JobProgress) -> WrittenComparison:
        files = write_comparison(
            folder,
            changes,
            overwrite=overwrite,
            with_pictures=with_pictures,
            with_report=with_report,
            progress=lambda done, total: progress(done, total, None),
        )
        return WrittenComparison(folder, tuple(files))

    return job

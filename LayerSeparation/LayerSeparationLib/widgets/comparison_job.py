"""What the worker does for the section Compare: two visits compared, and written. Neither Qt nor MRML."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..follow_up import JointChange, write_comparison
from ..scene.visits import (
    ComparisonStep,
    Progress,
    Visit,
    VisitFilms,
    compare_visits,
    put_on_one_scale,
    separate_baseline,
    separate_follow_up,
)
from .worker import JobProgress

if TYPE_CHECKING:
    from ..joints import JointFinder, JointKey, JointPose
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

        Joints that are separated on the grey scale of both films are not separated again.
        """

        def job(progress: JobProgress) -> list[JointChange]:
            def tell(step: ComparisonStep, done: int, total: int) -> None:
                progress(done, total, step)

            if device != self._device:
                self._device, self._finder, self._separator = device, None, None
            films = put_on_one_scale(baseline.reading.read(), follow_up.reading.read())
            corrected = baseline.corrected | follow_up.corrected
            before = self._separate_baseline(baseline, follow_up, films[0], corrected, tell)
            after = separate_follow_up(follow_up, films[1], self._separate, tell, corrected)
            return compare_visits(before, after, (baseline, follow_up), tell)

        return job

    def _separate_baseline(
        self,
        baseline: Visit,
        follow_up: Visit,
        films: VisitFilms,
        corrected: frozenset[JointKey],
        tell: Progress,
    ) -> tuple[JointLayers, ...]:
        has_joints = bool(baseline.layers or baseline.poses)
        key = baseline.reading.state, follow_up.reading.state, corrected, self._device
        if not has_joints and self._separated is not None and self._separated[0] == key:
            return self._separated[1]
        layers = separate_baseline(baseline, films, self._find, self._separate, tell, corrected)
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

    def _separate(
        self,
        joints: Sequence[tuple[Radiograph, JointPose]],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[JointLayers]:
        from ..inference.torch_libraries import load_torch_libraries
        from ..separation import Separator

        load_torch_libraries()
        if self._separator is None:
            self._separator = Separator(self._device or "auto")
        return self._separator.separate_many(joints, progress)


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

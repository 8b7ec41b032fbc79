"""What the worker runs to find joints. Neither Qt nor MRML."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .worker import JobProgress

if TYPE_CHECKING:
    from ..joints import JointFinder, JointPose
    from ..radiograph import Radiograph


class FindingJob:
    """Makes jobs for the worker; keeps the networks between them."""

    def __init__(self) -> None:
        self._finder: JointFinder | None = None
        self._finder_device: str | None = None

    def find(
        self, read: Callable[[], Radiograph], device: str
    ) -> Callable[[JobProgress], tuple[Radiograph, list[JointPose]]]:
        """Return a job that reads a film and finds its joints."""

        def job(progress: JobProgress) -> tuple[Radiograph, list[JointPose]]:
            radiograph = read()
            from ..inference.torch_libraries import load_torch_libraries
            from ..joints import JointFinder

            load_torch_libraries()
            if self._finder is None or self._finder_device != device:
                self._finder, self._finder_device = None, device
                self._finder = JointFinder(device)
            progress(0, 1, None)
            return radiograph, self._finder.find(radiograph)

        return job

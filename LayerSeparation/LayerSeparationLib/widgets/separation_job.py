"""What the worker runs to separate joints. Neither Qt nor MRML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import LayerSeparationError
from .worker import JobProgress

if TYPE_CHECKING:
    from ..joints import JointPose
    from ..radiograph import Radiograph
    from ..separation import JointLayers, Separator
    from ..synthesis import MovableJoint

_AT_ONCE_GPU = 16


@dataclass(frozen=True)
class SeparationSummary:
    """How a separation went."""

    device: str
    """What it ran on in the end."""
    messages: tuple[str, ...]
    """What the user should know, such as that a GPU's memory was too small."""


class SeparationJob:
    """Makes jobs for the worker; keeps the network between them, one for the device in use."""

    def __init__(self) -> None:
        self._separator: Separator | None = None
        self._separator_device: str | None = None
        self._messages: list[str] = []

    def separate(
        self, joints: Sequence[tuple[Radiograph, JointPose]], device: str
    ) -> Callable[[JobProgress], SeparationSummary]:
        """Return a job that separates joints and passes each on as (index, `MovableJoint` of its layers).

        The joints of a CPU go one by one, which costs nothing there: so a cancel is soon obeyed.
        """

        def job(progress: JobProgress) -> SeparationSummary:
            self._messages.clear()
            separator = self._separator_for(device)
            progress(0, len(joints), None)
            done = 0
            while done < len(joints):
                on_cpu = separator.device.startswith("CPU")
                batch = joints[done : done + (1 if on_cpu else _AT_ONCE_GPU)]
                for layers in separator.separate_many(batch):
                    done += 1
                    progress(done, len(joints), (done - 1, _prepare(layers)))
            return SeparationSummary(separator.device, tuple(self._messages))

        return job

    def _separator_for(self, device: str) -> Separator:
        from ..inference.torch_libraries import load_torch_libraries
        from ..separation import Separator

        load_torch_libraries()
        if self._separator is None or self._separator_device != device:
            self._separator, self._separator_device = None, device
            self._separator = Separator(device, tell=self._messages.append)
        return self._separator


def _prepare(layers: JointLayers) -> MovableJoint:
    """Work out here, where no window waits, what a joint without an edit shows."""
    from ..synthesis import GapEdit, MovableJoint, synthesize

    movable = MovableJoint(layers)
    # What is wrong with a joint is said where its layers are taken.
    with suppress(LayerSeparationError):
        synthesize(movable, GapEdit())
    return movable

"""What the worker runs: torch is loaded, devices are found, joints are separated. Neither Qt nor MRML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..joints import JointPose
    from ..radiograph import Radiograph
    from ..separation import Separator
    from .worker import Report

_AT_ONCE_GPU = 16


@dataclass(frozen=True)
class Device:
    """A device that can be chosen."""

    name: str
    """What `choose_device` takes: 'cpu', 'cuda:0', 'mps'."""
    text: str
    """For people: 'CPU (2 threads)'."""


@dataclass(frozen=True)
class Devices:
    """The devices of this machine, and which of them 'automatic' stands for."""

    all: tuple[Device, ...]
    automatic: Device

    def text_of(self, choice: str) -> str:
        """Return what a choice ('auto' or a device's name) will run on."""
        return {device.name: device.text for device in self.all}.get(choice, self.automatic.text)


@dataclass(frozen=True)
class Outcome:
    """How a separation went."""

    device: str
    """What it ran on in the end."""
    messages: tuple[str, ...]
    """What the user should know, such as that a GPU's memory was too small."""


class SeparationJob:
    """Makes jobs for the worker; keeps the network between them, one for the device in use."""

    def __init__(self) -> None:
        self._separator: Separator | None = None
        self._made_for: str | None = None
        self._messages: list[str] = []

    def find_devices(self, _report: Report) -> Devices:
        """Load torch and list the devices.

        Raises
        ------
        DependencyError
            If torch does not load.
        """
        from ..inference.device import choose_device, describe_device

        automatic = choose_device("auto")
        import torch

        found = [torch.device("cpu")]
        found += [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
        if automatic.type == "mps":
            found.append(automatic)
        devices = tuple(Device(str(device), describe_device(device)) for device in found)
        return Devices(devices, next(device for device in devices if device.name == str(automatic)))

    def separate(
        self, jobs: Sequence[tuple[Radiograph, JointPose]], device: str
    ) -> Callable[[Report], Outcome]:
        """Return a job that separates joints and reports each as (index, layers).

        The joints of a CPU go one by one, which costs nothing there: so a cancel is soon obeyed.
        """

        def job(report: Report) -> Outcome:
            self._messages.clear()
            separator = self._separator_for(device)
            report(0, len(jobs), None)
            done = 0
            while done < len(jobs):
                on_cpu = separator.device.startswith("CPU")
                batch = jobs[done : done + (1 if on_cpu else _AT_ONCE_GPU)]
                for layers in separator.separate_many(batch):
                    done += 1
                    report(done, len(jobs), (done - 1, layers))
            return Outcome(separator.device, tuple(self._messages))

        return job

    def _separator_for(self, device: str) -> Separator:
        from ..separation import Separator

        if self._separator is None or self._made_for != device:
            self._separator, self._made_for = None, device
            self._separator = Separator(device, tell=self._messages.append)
        return self._separator

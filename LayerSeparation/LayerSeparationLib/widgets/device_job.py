"""What the worker runs to learn what networks can run on. Neither Qt nor MRML."""

from __future__ import annotations

from dataclasses import dataclass

from .worker import JobProgress


@dataclass(frozen=True)
class Device:
    """A device that can be chosen."""

    name: str
    """What `choose_device` takes: 'cpu', 'cuda:0', 'mps'."""
    text: str
    """For people: 'CPU (2 threads)'."""


@dataclass(frozen=True)
class Devices:
    """The devices of this machine."""

    all: tuple[Device, ...]
    """The CPU comes first."""
    automatic: Device
    """What 'automatic' stands for."""

    def text_of(self, choice: str) -> str:
        """Return what a choice ('auto' or a device's name) will run on."""
        return {device.name: device.text for device in self.all}.get(choice, self.automatic.text)


def find_devices(_progress: JobProgress) -> Devices:
    """Load torch and list the devices.

    Raises
    ------
    DependencyError
        If torch does not load.
    """
    from ..inference.device import choose_device, describe_device
    from ..inference.torch_libraries import load_torch_libraries

    load_torch_libraries()
    automatic = choose_device("auto")
    import torch

    found = [torch.device("cpu")]
    found += [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    if automatic.type == "mps":
        found.append(automatic)
    devices = tuple(Device(str(device), describe_device(device)) for device in found)
    return Devices(devices, next(device for device in devices if device.name == str(automatic)))

"""Which device a network runs on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import DeviceError
from .weights import require_torch

if TYPE_CHECKING:
    import torch

_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


def choose_device(name: str = "auto") -> torch.device:
    """Return the device for 'auto' (CUDA, else MPS, else CPU), 'cpu', 'cuda', 'cuda:1', ... or 'mps'.

    Raises
    ------
    DeviceError
        If the name is unknown or this machine (or its PyTorch) has no such device.
    DependencyError
        If torch is not installed.
    """
    if not _DEVICE.fullmatch(name):
        raise DeviceError(f"'{name}' is no device: use auto, cpu, cuda, cuda:1 (a second GPU) or mps.")
    require_torch()
    import torch

    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda", 0)
        return torch.device("mps" if _mps_available() else "cpu")
    if name.startswith("cuda"):
        return _cuda_device(name)
    if name == "mps" and not _mps_available():
        raise DeviceError("This PyTorch can't use Apple's GPU (mps) here: use the device auto or cpu.")
    return torch.device(name)


def describe_device(device: torch.device) -> str:
    """Return a name for people, such as 'CPU (2 threads)' or 'NVIDIA RTX A4000 (cuda:0)'."""
    import torch

    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)} ({device})"
    if device.type == "mps":
        return "Apple GPU (mps)"
    threads = torch.get_num_threads()
    return f"CPU ({threads} thread{'s' if threads > 1 else ''})"


def _cuda_device(name: str) -> torch.device:
    import torch

    if not torch.cuda.is_available():
        raise DeviceError("This PyTorch finds no CUDA GPU here: use the device auto or cpu.")
    device = torch.device(name if ":" in name else "cuda:0")
    count = torch.cuda.device_count()
    if device.index >= count:
        raise DeviceError(f"There is no {name} here: the CUDA GPUs are cuda:0 to cuda:{count - 1}.")
    return device


def _mps_available() -> bool:
    import torch

    return bool(getattr(torch.backends, "mps", None)) and torch.backends.mps.is_available()

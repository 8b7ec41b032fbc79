"""What the networks run on. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from .states import PackageState

AUTOMATIC = "auto"


@dataclass
class Processor:
    """Shared by all that run a network: whoever learns more of PyTorch says it here."""

    torch: PackageState
    """What is known of PyTorch."""
    device: str = AUTOMATIC
    """The device that the user chose: 'auto', 'cpu', 'cuda:0', 'mps'."""

"""Arrays to tensors and back without torch's numpy bridge.

The last PyTorch for Slicer on macOS (2.2) can't talk to numpy 2, so buffers are shared instead.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray


def as_tensor(array: ArrayLike) -> torch.Tensor:
    """Return a float32 CPU tensor with a copy of ``array``."""
    copy = np.array(array, dtype=np.float32, order="C")
    return torch.frombuffer(copy, dtype=torch.float32).reshape(copy.shape)


def as_array(tensor: torch.Tensor) -> NDArray[np.float32]:
    """Return a float32 array with a copy of ``tensor``."""
    array = np.empty(tuple(tensor.shape), dtype=np.float32)
    shared = torch.frombuffer(array, dtype=torch.float32).reshape(tensor.shape)
    shared.copy_(tensor.detach())
    return array

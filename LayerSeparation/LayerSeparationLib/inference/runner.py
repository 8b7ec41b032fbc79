"""Runs a network over many inputs in batches, and gives way where a GPU's memory ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from .arrays import as_array, as_tensor
from .blocks import fuse_normalisation, load_trained
from .device import choose_device, describe_device
from .weights import WeightsFile, load_state

_log = logging.getLogger(__name__)

Outputs = tuple[NDArray[np.float32], ...]
"""One array for each output of the network, without the batch dimension."""


class NetworkRunner:
    """Runs ``network`` on ``device``.

    When a GPU runs out of memory, the batch is halved; when even a single input does not fit, the network
    moves to the CPU for good. Both are said through ``tell``.

    Parameters
    ----------
    network
        In evaluation mode; returns a tensor or a tuple of tensors, batch first.
    device
        See `choose_device`.
    batch_size
        Inputs at once, at the start.
    tell
        Receives messages for the user; by default they go to the log as warnings.
    """

    def __init__(
        self,
        network: nn.Module,
        device: torch.device,
        batch_size: int = 16,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.device = device
        self.batch_size = batch_size
        self._tell = tell or _log.warning
        self._network = network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @classmethod
    def with_weights(
        cls,
        network: nn.Module,
        weights: WeightsFile,
        architecture: str,
        device: str = "auto",
        tell: Callable[[str], None] | None = None,
        part: str | None = None,
    ) -> NetworkRunner:
        """Load trained weights into ``network`` and set it up on a device.

        ``part`` names the network where several share a file of weights.

        Raises
        ------
        WeightsError
            If the weights are damaged, or made for another architecture than ``architecture``.
        DeviceError
            If there is no such device.
        """
        load_trained(network, load_state(weights, architecture, part), str(weights.path))
        fuse_normalisation(network)
        return cls(network, choose_device(device), tell=tell)

    def run(
        self, inputs: Sequence[NDArray[np.float32]], progress: Callable[[int, int], None] | None = None
    ) -> list[Outputs]:
        """Run inputs (channels, rows, columns) of equal shape; return the outputs of each, in order.

        ``progress`` is called with (done, all) after every batch; what it raises ends the run.
        """
        results: list[Outputs] = []
        while len(results) < len(inputs):
            batch = inputs[len(results) : len(results) + self.batch_size]
            try:
                results.extend(self._run_batch(np.stack(batch)))
            except RuntimeError as error:
                if not _out_of_memory(error) or self.device.type == "cpu":
                    raise
                self._give_way(len(batch))
                continue
            if progress:
                progress(len(results), len(inputs))
        return results

    def _run_batch(self, batch: NDArray[np.float32]) -> list[Outputs]:
        with torch.inference_mode():
            tensor = as_tensor(batch).to(self.device).contiguous(memory_format=torch.channels_last)
            answer = self._network(tensor)
        outputs = (answer,) if isinstance(answer, torch.Tensor) else answer
        arrays = [as_array(output) for output in outputs]
        return list(zip(*arrays, strict=True))

    def _give_way(self, tried: int) -> None:
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if tried > 1:
            self.batch_size = tried // 2
            self._tell(
                f"{describe_device(self.device)} is out of memory: "
                f"going on with {self.batch_size} joints at once."
            )
            return
        self._tell(
            f"{describe_device(self.device)} is out of memory even for one joint: going on on the CPU."
        )
        self.device = torch.device("cpu")
        self._network = self._network.to(self.device)


def _out_of_memory(error: RuntimeError) -> bool:
    """Whether a GPU ran out of memory: CUDA raises a subclass of RuntimeError, MPS itself; both say so."""
    return "out of memory" in str(error).lower()

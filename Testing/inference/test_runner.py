"""Batches keep their order, and memory that ends on a GPU does not end the run."""

import numpy as np
import pytest
import torch
from torch import nn

from LayerSeparationLib.inference.arrays import as_array, as_tensor
from LayerSeparationLib.inference.runner import NetworkRunner


class Doubling(nn.Module):
    """Returns (2 x, x + 1); runs out of memory on batches above ``most`` on a device that is not the CPU."""

    def __init__(self, most=100):
        super().__init__()
        self.most = most
        self.sizes = []

    def forward(self, x):
        self.sizes.append(len(x))
        if len(x) > self.most:
            raise RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)")
        return 2 * x, x + 1


def inputs(count):
    return [np.full((1, 4, 4), number, np.float32) for number in range(count)]


def test_order_is_kept_over_batches():
    network = Doubling()
    done = []
    outputs = NetworkRunner(network, torch.device("cpu"), batch_size=3).run(
        inputs(7), lambda *p: done.append(p)
    )
    assert [float(first[0, 0, 0]) for first, _ in outputs] == [0, 2, 4, 6, 8, 10, 12]
    assert [float(second[0, 0, 0]) for _, second in outputs] == [1, 2, 3, 4, 5, 6, 7]
    assert network.sizes == [3, 3, 1]
    assert done == [(3, 7), (6, 7), (7, 7)]


def test_out_of_memory_halves_the_batch_then_moves_to_the_cpu(monkeypatch):
    told = []
    network = Doubling(most=1)
    runner = NetworkRunner(network, torch.device("cpu"), batch_size=8, tell=told.append)
    monkeypatch.setattr("LayerSeparationLib.inference.runner.describe_device", lambda device: f"<{device}>")
    run_batch = runner._run_batch

    def run_on_pretended_gpu(batch):
        network.most = 2 if runner.device.type == "mps" else 100
        if runner.device.type == "mps" and len(batch) == 1:
            raise RuntimeError("out of memory")
        pretended, runner.device = runner.device, torch.device("cpu")
        try:
            return run_batch(batch)
        finally:
            runner.device = pretended

    monkeypatch.setattr(runner, "_run_batch", run_on_pretended_gpu)
    runner.device = torch.device("mps")
    outputs = runner.run(inputs(5))
    assert [float(first[0, 0, 0]) for first, _ in outputs] == [0, 2, 4, 6, 8]
    assert runner.device.type == "cpu"
    assert "2 joints at once" in told[0] or "4 joints at once" in told[0]
    assert "CPU" in told[-1]


def test_other_errors_are_not_hidden():
    class Broken(nn.Module):
        def forward(self, x):
            raise RuntimeError("shape mismatch")

    with pytest.raises(RuntimeError, match="shape mismatch"):
        NetworkRunner(Broken(), torch.device("cpu")).run(inputs(2))


def test_arrays_and_tensors_do_not_share_memory():
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    tensor = as_tensor(array)
    tensor += 1
    assert np.array_equal(array, np.arange(6).reshape(2, 3))
    back = as_array(tensor)
    tensor += 1
    assert np.array_equal(back, np.arange(6).reshape(2, 3) + 1)

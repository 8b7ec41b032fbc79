"""The device is what was asked for, or the message says what there is."""

import pytest
import torch

from LayerSeparationLib.errors import DeviceError
from LayerSeparationLib.inference import device as devices


def fake_cuda(monkeypatch, count):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)


def fake_mps(monkeypatch, available):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: available)


@pytest.mark.parametrize(
    ("cuda", "mps", "chosen"),
    [(0, False, "cpu"), (0, True, "mps"), (2, False, "cuda:0"), (1, True, "cuda:0")],
)
def test_automatic_choice(monkeypatch, cuda, mps, chosen):
    fake_cuda(monkeypatch, cuda)
    fake_mps(monkeypatch, mps)
    assert str(devices.choose_device("auto")) == chosen


def test_a_named_gpu(monkeypatch):
    fake_cuda(monkeypatch, 2)
    assert str(devices.choose_device("cuda")) == "cuda:0"
    assert str(devices.choose_device("cuda:1")) == "cuda:1"
    with pytest.raises(DeviceError, match="cuda:0 to cuda:1"):
        devices.choose_device("cuda:2")


def test_no_gpu(monkeypatch):
    fake_cuda(monkeypatch, 0)
    fake_mps(monkeypatch, False)
    with pytest.raises(DeviceError, match="no CUDA GPU"):
        devices.choose_device("cuda")
    with pytest.raises(DeviceError, match="mps"):
        devices.choose_device("mps")


@pytest.mark.parametrize("name", ["", "gpu", "cuda:", "cuda:-1", "CPU "])
def test_unknown_names(name):
    with pytest.raises(DeviceError, match="no device"):
        devices.choose_device(name)


@pytest.mark.parametrize(("threads", "text"), [(1, "CPU (1 thread)"), (2, "CPU (2 threads)")])
def test_description_counts_threads(monkeypatch, threads, text):
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    assert devices.describe_device(torch.device("cpu")) == text

"""PyTorch's libraries come without Python's lock, and the import finds them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, sys, threading, time
from LayerSeparationLib.inference.torch_libraries import load_torch_libraries
worker = threading.Thread(target=load_torch_libraries)
begin = time.perf_counter()
worker.start()
ticks = 0
while worker.is_alive():
    time.sleep(0.001)
    ticks += 1
seconds = time.perf_counter() - begin
maps = open("/proc/self/maps").read()
imported = "torch" in sys.modules
load_torch_libraries()
import torch
print(json.dumps({
    "seconds": seconds, "ticks": ticks, "mapped": "libtorch_cpu" in maps, "imported": imported,
    "sum": float(torch.ones(3).sum()),
}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_other_threads_go_on_while_the_libraries_are_loaded():
    pytest.importorskip("torch")
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT / "LayerSeparation",
    )
    seen = json.loads(found.stdout)
    assert seen["mapped"]
    assert not seen["imported"]
    assert seen["sum"] == 3.0
    # Under the lock there is one tick, whatever it takes.
    assert seen["ticks"] >= min(10, 50 * seen["seconds"])

"""How long a window stands still while a worker loads PyTorch and separates the first joint.

A main thread that only waits, as an event loop does, looks every millisecond at the clock: the longest gap is
how long it could not run. Before: the worker imports torch. After: it loads torch's libraries first.

``python Testing/benchmarks/torch_loading.py`` runs both in turn, each in processes of its own.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROUNDS = 3


def longest_gap_ms(load_first: bool) -> float:
    """Separate a joint in a thread of a process in which torch is not loaded; return the longest gap."""
    from LayerSeparationLib import make_joint
    from LayerSeparationLib.inference.torch_libraries import load_torch_libraries

    phantom = make_joint("MCP", 20, jsw_mm=1.6)

    def separate() -> None:
        from LayerSeparationLib import Separator

        if load_first:
            load_torch_libraries()
        Separator("cpu").separate(phantom.radiograph, phantom.pose)

    worker = threading.Thread(target=separate)
    worker.start()
    longest, last = 0.0, time.perf_counter()
    while worker.is_alive():
        time.sleep(1e-3)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest * 1000


def main() -> None:
    """Print the median of the longest gaps, before and after."""
    gaps: dict[str, list[float]] = {"before": [], "after": []}
    for _round in range(ROUNDS):
        for name, found in gaps.items():
            command = [sys.executable, __file__, name]
            found.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    before, after = (statistics.median(gaps[name]) for name in ("before", "after"))
    print(f"longest gap while torch is imported by a thread: {before:.0f} ms")
    print(f"the same after its libraries were loaded without Python's lock: {after:.0f} ms")
    print(f"ratio: {after / before:.2f}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2] / "LayerSeparation"))
    if len(sys.argv) > 1:
        print(longest_gap_ms(load_first=sys.argv[1] == "after"))
    else:
        main()

"""Speed, side by side in one run: ``python Testing/benchmarks/run.py [--threads 2] [--rounds 15]``.

The times of what is compared are taken in turn, so that a busy machine slows both; the median counts.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import count

import torch
from published_generator import PublishedGenerator

from LayerSeparationLib import (
    GapEdit,
    JointFinder,
    MovableJoint,
    Separator,
    make_hand,
    make_joint,
    synthesize,
)
from LayerSeparationLib.measurement import measure_jsw

HAND_SHAPE = (2500, 2200)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    phantom = make_joint("MCP", 20, jsw_mm=1.6)
    separator = Separator("cpu")
    film_and_pose = (phantom.radiograph, phantom.pose)
    layers = separator.separate(*film_and_pose)
    finder, hand = JointFinder("cpu"), make_hand(20, spacing_mm=0.1, shape=HAND_SHAPE).radiograph
    published = PublishedGenerator().eval()
    parameters_m = sum(parameter.numel() for parameter in published.parameters()) / 1e6
    image_and_masks = torch.rand(1, 4, 256, 256)
    step, movable = count(1), MovableJoint(layers)

    def generate() -> None:
        with torch.inference_mode():
            published(image_and_masks)

    def edit(**more: object) -> None:
        synthesize(movable, GapEdit(target_jsw=1 + 1e-4 * next(step), **more))  # type: ignore[arg-type]

    times_ms = medians_ms(
        {
            f"published generator's layout ({parameters_m:.1f} M parameters), float32": generate,
            "one joint, 256 x 256: film to layers": lambda: separator.separate(*film_and_pose),
            "  the same, a joint in a batch of 8 (time / 8)": lambda: separator.separate_many(
                [film_and_pose] * 8
            ),
            "joints of a whole hand found, 2,500 x 2,200 px": lambda: finder.find(hand),
            "JSW of separated layers": lambda: measure_jsw(layers),
            "edit: one bone, image + layers + masks + JSW": edit,
            "edit: both bones": lambda: edit(moves="both"),
            "edit: both bones, with tilt": lambda: edit(moves="both", tilt_deg=2.0),
        },
        options.rounds,
    )
    names = list(times_ms)
    times_ms[names[2]] /= 8
    print(f"{options.threads} threads, median of {options.rounds} rounds, torch {torch.__version__}")
    for name, time_ms in times_ms.items():
        print(f"{name:<72} {time_ms:8.1f} ms  {times_ms[names[0]] / time_ms:7.1f} x")


def medians_ms(tasks: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Run every task in turn, round after round; the first two rounds warm up."""
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for number in range(rounds + 2):
        for name, task in tasks.items():
            started = time.perf_counter()
            task()
            if number >= 2:
                times[name].append((time.perf_counter() - started) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


if __name__ == "__main__":
    main()

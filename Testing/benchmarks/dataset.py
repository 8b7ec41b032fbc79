"""Speed of data sets, side by side in one run: ``python Testing/benchmarks/dataset.py [--memory 100000]``.

Samples a second (256 x 256 px: 16-bit image, four masks, JSON) with one and with two workers, the share of
time in recomposing, encoding and writing, and a plain loop that warps masks and image with Pillow, as the
published pipeline does. ``--memory N`` also makes a WebDataset of 1,000 and of N samples and compares the
peaks of memory.

It takes three minutes on a machine that does nothing else, and 2 GB in the folder for temporary files, or in
``--folder``. Nothing is removed before the end: ext4 steps over what was removed in the last minutes whenever
a file is made, which can cost more than all the rest of a sample.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2] / "LayerSeparation"))

from LayerSeparationLib import JointPose, Separator, make_joint
from LayerSeparationLib.dataset import (
    CachingSeparator,
    DatasetOptions,
    DatasetPaths,
    LayerCache,
    Plan,
    SeriesLabel,
    make_dataset,
    make_plan,
    run_locally,
)
from LayerSeparationLib.dataset.run.render_sample import render_sample
from LayerSeparationLib.export.encoding.png import encode_mask_png, encode_png
from LayerSeparationLib.files.json_file import json_text

KINDS = ("MCP", "PIP", "DIP", "IP")
ROUNDS = 3
SAMPLES = 2000
"""As many as are made while a rate is measured, or more."""
SECONDS = 8.0
"""Each rate is measured over this time."""
EDITS = {
    "width only": {},
    "width, shift 1 mm, tilt 5 degrees": {"tilt_deg": 5.0, "shift": 1.0},
}


def plan_of(cache: LayerCache, count: int, **more: object) -> Plan:
    """Return the plan of `count` samples of four phantom joints."""
    separator = Separator("cpu")
    caching = CachingSeparator(separator.separate, separator.weights.sha256, cache)
    inputs = []
    for kind in KINDS:
        film = make_joint(kind, 20).radiograph
        (layers,) = caching.separate_many([(film, JointPose.whole_crop(film, f"{kind}1"))])
        inputs.append(caching.describe(Path(kind), layers, SeriesLabel((kind,), "file")))
    options = DatasetOptions(per_joint=count // len(KINDS), jsw=(0.3, 2.5), **more)
    return make_plan(inputs, options, lambda *_: None)


def shares(plan: Plan, cache: LayerCache, root: Path, count: int = 120) -> dict[str, float]:
    """Return the seconds of CPU a sample takes in each part of the work, without the first of a joint."""
    spent = dict.fromkeys(("recomposing", "encoding", "writing"), 0.0)
    folder = Path(tempfile.mkdtemp(dir=root))
    counted = 0
    for joint in range(len(plan.joints)):
        cached = cache.load(plan.joints[joint].key)
        first = joint * plan.options.per_joint
        for number in range(first, first + count // len(plan.joints) + 3):
            started = time.process_time()
            sample = render_sample(plan.sample(number), cached, plan.options)
            recomposed = time.process_time()
            files = {"image.png": encode_png(sample.image, synthetic=True)}
            for segment in sample.segments:
                files[f"{segment.key}.png"] = encode_mask_png(segment.mask, synthetic=True)
            files["joint.json"] = json_text(sample.record).encode()
            encoded = time.process_time()
            place = folder / str(number)
            place.mkdir()
            for name, data in files.items():
                (place / name).write_bytes(data)
            written = time.process_time()
            if number >= first + 3:
                counted += 1
                spent["recomposing"] += recomposed - started
                spent["encoding"] += encoded - recomposed
                spent["writing"] += written - encoded
    return {name: value / counted for name, value in spent.items()}


class _EnoughError(Exception):
    """Raised to stop making what has been measured."""


def rate(plan: Plan, cache: LayerCache, workers: int, root: Path) -> float:
    """Return samples a second from the first finished blocks on, so that starting does not count."""
    told: list[tuple[int, float]] = []

    def progress(done: int, _total: int) -> None:
        told.append((done, time.perf_counter()))
        # Both workers are at work once each has handed in a block.
        if len(told) > 2 + workers and told[-1][1] - told[1 + workers][1] > SECONDS:
            raise _EnoughError

    folder = Path(tempfile.mkdtemp(dir=root))
    with suppress(_EnoughError):
        make_dataset(
            DatasetPaths(folder / "set"),
            plan,
            cache,
            run=partial(run_locally, workers=workers),
            progress=progress,
        )
    (first, begun), (last, ended) = told[1 + workers], told[-1]
    return (last - first) / (ended - begun)


def plain_loop(plan: Plan, cache: LayerCache, root: Path, count: int = 60) -> float:
    """Return samples a second of a loop over Pillow: every layer and mask warped, brightness recomposed."""
    from PIL import Image

    cached = cache.load(plan.joints[0].key)
    layers = cached.layers
    arrays = [layers.upper_bone, layers.lower_bone, layers.upper_silhouette, layers.lower_silhouette]
    images = [Image.fromarray(np.asarray(array, np.float32)) for array in arrays]
    draw = np.random.default_rng(0)
    folder = Path(tempfile.mkdtemp(dir=root))
    started = time.perf_counter()
    for number in range(count):
        shift, turn = draw.uniform(-12, 12), draw.uniform(-5, 5)
        moved = [
            np.asarray(image.rotate(turn, Image.Resampling.BICUBIC, translate=(0, shift)))
            for image in (images[0], images[2])
        ]
        attenuation = layers.soft_tissue + moved[0] + np.asarray(images[1])
        pixels = np.clip(1 - np.exp(-attenuation), 0, 1)
        place = folder / str(number)
        place.mkdir()
        Image.fromarray((pixels * 65535).astype(np.uint16)).save(place / "image.png")
        for name, mask in (("upper", moved[1]), ("lower", np.asarray(images[3]))):
            Image.fromarray(((mask > 0.5) * 255).astype(np.uint8)).save(place / f"{name}.png")
        (place / "joint.json").write_text(json.dumps({"shift_px": shift, "turn_deg": turn}))
    return count / (time.perf_counter() - started)


def peak_memory_mb(cache: LayerCache, count: int) -> float:
    """Return the peak of a program that makes `count` samples with one worker, in MB."""
    done = subprocess.run(
        [sys.executable, __file__, "--peak", str(cache.folder), str(count)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def print_peak(folder: Path, count: int) -> None:
    """Make a WebDataset and print the peak of memory of this process; layers are in `folder`."""
    cache = LayerCache(folder)
    plan = Plan.from_json(json.loads((folder / f"plan{count}.json").read_text()))
    with tempfile.TemporaryDirectory(dir=folder) as root:
        make_dataset(DatasetPaths(Path(root) / "set"), plan, cache)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, help="where to write, in place of the usual temporary folder")
    parser.add_argument("--memory", type=int, metavar="N", help="compare memory at 1,000 and at N samples")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak:
        print_peak(Path(options.peak[0]), int(options.peak[1]))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        root = Path(folder)
        cache = LayerCache(root / "layers")
        for words, edits in EDITS.items():
            plan = plan_of(cache, SAMPLES, **edits)
            parts = shares(plan, cache, root)
            total = sum(parts.values())
            print(f"\n{words}: 256 x 256 px, image, 4 masks, JSON; ms of CPU a sample")
            for name, seconds in parts.items():
                print(f"  {name:<14}{seconds * 1000:8.2f} ms  {100 * seconds / total:4.0f} %")
            rounds = [(rate(plan, cache, 1, root), rate(plan, cache, 2, root)) for _ in range(ROUNDS)]
            one, two = (float(np.median(values)) for values in zip(*rounds, strict=True))
            print(f"  1 worker      {one:8.0f} samples/s      1.00 x")
            print(f"  2 workers     {two:8.0f} samples/s   {two / one:7.2f} x")
        plain = plain_loop(plan, cache, root)
        print(f"  Pillow loop   {plain:8.0f} samples/s   {plain / one:7.2f} x   (2 masks, one bone, no JSW)")
        if options.memory:
            for count in (1000, options.memory):
                plan = plan_of(cache, count, formats=("webdataset",))
                (cache.folder / f"plan{count}.json").write_text(json.dumps(plan.as_json()))
                print(f"  peak memory of {count:>7} samples: {peak_memory_mb(cache, count):6.0f} MB")


if __name__ == "__main__":
    main()

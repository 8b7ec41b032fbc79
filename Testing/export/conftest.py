"""Samples whose bones overlap, with the joint space open or closed, and data sets of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from LayerSeparationLib import GapEdit, synthesize
from LayerSeparationLib.export import CollectionSettings, Entry, choose_collection_formats, make_sample


@pytest.fixture(scope="session")
def sample(mcp_layers):
    made = make_sample(synthesize(mcp_layers, GapEdit(target_jsw=0.6, tilt_deg=3)), seed=7)
    made = replace(made, labels={"jsw": 0.6})
    assert (made.masks.upper_bone & made.masks.lower_bone).sum() > 20
    assert made.masks.joint_space.any()
    return made


@pytest.fixture(scope="session")
def closed_sample(mcp_layers):
    made = make_sample(synthesize(mcp_layers, GapEdit(target_jsw=0.0)), seed=7)
    assert not made.masks.joint_space.any()
    return made


@pytest.fixture
def written(tmp_path, sample, closed_sample):
    """Write a data set of three samples in one format, as a run does: a block a split."""

    def write(name: str, settings: CollectionSettings | None = None) -> Path:
        (one,) = choose_collection_formats([name], settings)
        root, entries = tmp_path / name, []
        blocks = (("train", (("a_MCP3_000000", sample), ("a_MCP3_000001", closed_sample))),)
        blocks += (("val", (("b_MCP3_000000", sample),)),)
        for split, samples in blocks:
            with one.block(root, split, 0) as writer:
                for key, value in samples:
                    number = len(entries)
                    entries.append(Entry(number, key, split, writer.add(number, key, value)))
        one.finish(root, entries)
        return root

    return write

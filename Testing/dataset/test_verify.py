"""Damage of every kind is told by `verify` as a problem, or as the one error that says what can't be read."""

import random
import shutil

import pytest

from LayerSeparationLib.dataset import verify
from LayerSeparationLib.errors import OutputError

FILES = ("dataset.json", "plan.json", "manifest.csv", "labels.csv", "croissant.json")


@pytest.fixture(scope="module")
def copy(finished, tmp_path_factory):
    """A data set to damage, with few images: those that are missing are problems of their own."""
    root, _ = finished
    folder = tmp_path_factory.mktemp("damaged") / "set"
    shutil.copytree(root, folder, ignore=shutil.ignore_patterns("png", "webdataset"))
    return folder


def told(folder):
    """Return what is told; the one error is a problem like others."""
    try:
        return set(verify(folder))
    except OutputError as error:
        return {str(error)}


def damage(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    kind = chance.randrange(6)
    place = chance.randrange(len(data))
    if kind == 0:
        return bytes(data[:place])
    if kind == 1:
        data[place] ^= 1 << chance.randrange(8)
    elif kind == 2:
        data[place : place + chance.randrange(1, 200)] = b""
    elif kind == 3:
        data[place:place] = chance.choice(
            (b'"', b"\0" * 9, b"[" * 3000, b"1e999", b"\xff\xfe", b"\n,,\n", b"null")
        )
    elif kind == 4:
        other = chance.randrange(len(data))
        data[place : place + 60] = data[other : other + 60]
    else:
        return chance.choice((b"", b"null", b"[]", b"{}", b"1" * 5000, b"\x89PNG", b"NaN"))
    return bytes(data)


@pytest.mark.parametrize("name", FILES)
def test_damage_at_random_is_told_without_a_foreign_exception(copy, name):
    path = copy / name
    content, before = path.read_bytes(), told(copy)
    for seed in range(60):
        damaged = damage(content, random.Random(f"{name} {seed}"))
        path.write_bytes(damaged)
        found = told(copy)
        path.write_bytes(content)
        # Only dataset.json itself is in no list: a figure of it may change unseen.
        assert damaged == content or name == FILES[0] or found != before, seed


def test_other_things_in_the_place_of_files_are_told(copy):
    labels, manifest, aside = copy / "labels.csv", copy / "manifest.csv", copy.parent / "aside"
    labels.rename(aside)
    labels.mkdir()
    assert any(line.startswith("labels.csv: ") for line in verify(copy))
    labels.rmdir()
    aside.rename(labels)
    manifest.rename(aside)
    with pytest.raises(OutputError, match="can't be read"):
        verify(copy)
    manifest.mkdir()
    with pytest.raises(OutputError, match="can't be read"):
        verify(copy)
    manifest.rmdir()
    aside.rename(manifest)
    content = manifest.read_text()
    manifest.write_text(content.replace("labels.csv", "../../etc/passwd"))
    assert any(line.startswith("../../etc/passwd: ") for line in verify(copy))
    manifest.write_text(content)

"""16-bit PNG, read back by SimpleITK and chunk by chunk."""

import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import write_png


def pixels(path: Path) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def chunks(path: Path) -> list[tuple[bytes, bytes]]:
    """Read every chunk and check its sum, as a strict reader does."""
    data, position, found = path.read_bytes(), 8, []
    while position < len(data):
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack(">I", data[position + 8 + length : position + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        found.append((kind, body))
        position += 12 + length
    return found


def test_a_film_of_many_stripes_is_whole(tmp_path):
    values = np.random.default_rng(0).integers(0, 65536, (1700, 1500))
    write_png(tmp_path / "a.png", (values / 65535).astype(np.float32), synthetic=False)
    assert np.array_equal(pixels(tmp_path / "a.png"), values)


def test_a_large_film_is_written_in_little_memory(tmp_path):
    film = np.full((4000, 4000), 0.5, dtype=np.float32)
    tracemalloc.start()
    write_png(tmp_path / "a.png", film, synthetic=False)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < film.nbytes


@pytest.mark.parametrize(("scale", "factor"), [(255, 257), (65535, 1)])
def test_every_value_of_8_and_16_bit_films_is_kept(tmp_path, scale, factor):
    values = np.arange(scale + 1).reshape(-1, 64)
    write_png(tmp_path / "a.png", (values / scale).astype(np.float32), synthetic=False)
    back = pixels(tmp_path / "a.png")
    assert back.dtype == np.uint16
    assert np.array_equal(back, values * factor)


def test_halves_go_to_the_even_neighbour_and_what_is_outside_is_clipped(tmp_path):
    intensity = np.array([[0.5, 1.5, 2.5, -3.0, 65535.0 * 2]]) / 65535
    write_png(tmp_path / "a.png", intensity, synthetic=False)
    assert pixels(tmp_path / "a.png").tolist() == [[0, 2, 2, 0, 65535]]


@settings(max_examples=30, deadline=None)
@given(shape=st.tuples(st.integers(1, 40), st.integers(1, 40)), seed=st.integers(0, 2**31))
def test_any_shape_and_texture_comes_back(tmp_path_factory, shape, seed):
    path = tmp_path_factory.mktemp("png") / "a.png"
    values = np.random.default_rng(seed).integers(0, 65536, shape)
    write_png(path, (values / 65535).astype(np.float32), synthetic=False)
    assert np.array_equal(pixels(path), values)


@pytest.mark.parametrize("synthetic", [True, False])
def test_file_says_whether_it_is_synthetic(tmp_path, synthetic):
    write_png(tmp_path / "a.png", np.zeros((5, 7)), synthetic=synthetic, text={"Joint": "MCP2 \u2192"})
    found = chunks(tmp_path / "a.png")
    assert found[0][0] == b"IHDR"
    assert [kind for kind, _ in found][-2:] == [b"IDAT", b"IEND"]
    texts = dict(body.split(b"\0") for kind, body in found if kind == b"tEXt")
    assert texts[b"LayerSeparation.synthetic"] == (b"true" if synthetic else b"false")
    assert (b"Comment" in texts) is synthetic
    assert texts[b"Joint"] == b"MCP2 ?"


@pytest.mark.parametrize("intensity", [np.zeros((2, 3, 3)), np.zeros((3, 0)), np.array([[np.inf]])])
def test_what_is_no_image_is_refused(tmp_path, intensity):
    with pytest.raises(InputError):
        write_png(tmp_path / "a.png", intensity, synthetic=False)
    assert list(tmp_path.iterdir()) == []

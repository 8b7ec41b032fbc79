"""PNG, JPEG, TIFF and BMP written with SimpleITK or Pillow, and read back."""

import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from PIL import Image

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import Radiograph, SpacingSource, find_radiographs, read_radiograph

Scale = Callable[[np.ndarray], np.ndarray]


def saved(pixels: np.ndarray, path: Path, vector: bool = False) -> Path:
    sitk.WriteImage(sitk.GetImageFromArray(pixels, isVector=vector), str(path))
    return path


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif", "tiff"])
def test_eight_bit(tmp_path: Path, crop_film: np.ndarray, suffix: str, on_the_scale: Scale) -> None:
    film = read_radiograph(saved(crop_film, tmp_path / f"crop.{suffix}"))
    assert film.intensity.dtype == np.float32
    assert np.abs(film.intensity - on_the_scale(crop_film)).max() < 0.5 / 255
    assert not film.intensity.flags.writeable
    assert film.native().dtype == np.uint8
    assert np.array_equal(film.native(), crop_film)
    assert film.spacing.mm is None
    assert film.name == "crop"


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bit(tmp_path: Path, crop_film: np.ndarray, suffix: str, on_the_scale: Scale) -> None:
    wide = crop_film.astype(np.uint16) * 257 + 3
    film = read_radiograph(saved(wide, tmp_path / f"crop.{suffix}"))
    assert np.abs(film.intensity - on_the_scale(crop_film)).max() < 0.5 / 255
    assert np.array_equal(film.native(), wide)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif"])
def test_grey_stored_as_rgb_is_grey(tmp_path: Path, crop_film: np.ndarray, suffix: str) -> None:
    colour = np.repeat(crop_film[..., None], 3, axis=2)
    film = read_radiograph(saved(colour, tmp_path / f"crop.{suffix}", vector=True))
    assert np.array_equal(film.native(), crop_film)


def test_colour_is_rec_709_luminance(tmp_path: Path, crop_film: np.ndarray) -> None:
    colour = np.repeat(crop_film[..., None], 3, axis=2)
    colour[100:110, 50:60] = (200, 100, 50)
    film = read_radiograph(saved(colour, tmp_path / "crop.png", vector=True))
    assert film.native()[105, 55] == round(0.2126 * 200 + 0.7152 * 100 + 0.0722 * 50)


def test_jpeg_and_its_dpi(tmp_path: Path, crop_film: np.ndarray) -> None:
    path = tmp_path / "crop.jpg"
    Image.fromarray(crop_film).convert("RGB").save(path, quality=95, dpi=(300, 300))
    film = read_radiograph(path)
    assert np.abs(film.native().astype(int) - crop_film).max() < 40
    assert film.spacing.source is SpacingSource.UNKNOWN
    wide = read_radiograph(path, spacing_mm=(0.1, 0.2))
    assert wide.spacing.mm == (0.1, 0.2)


def test_palette_and_opaque_alpha(tmp_path: Path, crop_film: np.ndarray) -> None:
    grey = Image.fromarray(crop_film)
    for file, mode in (
        ("p.png", "P"),
        ("p.tif", "P"),
        ("p.bmp", "P"),
        ("rgba.png", "RGBA"),
        ("rgba.tif", "RGBA"),
    ):
        grey.convert(mode).save(tmp_path / file)
        assert np.array_equal(read_radiograph(tmp_path / file).native(), crop_film), file


@pytest.mark.parametrize(
    ("suffix", "dtype", "colour"),
    [
        ("png", "uint16", False),
        ("png", "uint16", True),
        ("tif", "uint16", False),
        ("tif", "uint16", True),
        ("tif", "int16", False),
        ("tif", "uint32", False),
    ],
)
def test_wide_numbers_keep_all_their_bits(
    tmp_path: Path, crop_film: np.ndarray, suffix: str, dtype: str, colour: bool
) -> None:
    pixels = (crop_film.astype(np.int64) * 117 + 3).astype(dtype)
    stored = np.repeat(pixels[..., None], 3, axis=2) if colour else pixels
    native = read_radiograph(saved(stored, tmp_path / f"wide.{suffix}", vector=colour)).native()
    assert native.dtype == pixels.dtype
    assert np.array_equal(native, pixels)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate"])
@pytest.mark.parametrize("keep", [0.2, 0.6, 0.95])
def test_truncated_compressed_tiff(
    tmp_path: Path, crop_film: np.ndarray, compression: str, keep: float
) -> None:
    path = tmp_path / "crop.tif"
    Image.fromarray(crop_film).save(path, compression=compression)
    assert np.array_equal(read_radiograph(path).native(), crop_film)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError, match=r"crop\.tif.*cut off or damaged"):
        read_radiograph(path)


def test_kinds_that_are_refused(tmp_path: Path, crop_film: np.ndarray) -> None:
    grey = Image.fromarray(crop_film)
    see_through = grey.convert("RGBA")
    see_through.putalpha(
        Image.fromarray(np.arange(65536, dtype=np.uint32).reshape(256, 256).astype(np.uint8))
    )
    see_through.save(tmp_path / "alpha.png")
    grey.convert("LA").save(tmp_path / "la.png")
    grey.convert("LA").save(tmp_path / "la.tif")
    grey.convert("CMYK").save(tmp_path / "cmyk.jpg")
    grey.convert("CMYK").save(tmp_path / "cmyk.tif")
    for suffix in ("png", "bmp", "tif"):
        Image.fromarray(crop_film > 120).save(tmp_path / f"one_bit.{suffix}")
    grey.save(tmp_path / "pages.tif", save_all=True, append_images=[grey])
    (tmp_path / "mask.png").unlink(missing_ok=True)
    Image.fromarray((crop_film // 64).astype(np.uint8)).save(tmp_path / "mask.png")
    for path in find_radiographs(tmp_path):
        with pytest.raises(InputError, match=path.name):
            read_radiograph(path)


@pytest.mark.parametrize("keep", [0.05, 0.3, 0.7, 0.97])
@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
def test_truncated(tmp_path: Path, crop_film: np.ndarray, suffix: str, keep: float) -> None:
    path = saved(crop_film, tmp_path / f"crop.{suffix}")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError, match=f"crop.{suffix}"):
        read_radiograph(path)


def test_damaged_png(tmp_path: Path, crop_film: np.ndarray) -> None:
    path = saved(crop_film, tmp_path / "crop.png")
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(bytes(whole))
    with pytest.raises(InputError, match="damaged"):
        read_radiograph(path)


def test_decompression_bomb(tmp_path: Path) -> None:
    """A header that promises 30,000 x 30,000 pixels is refused before anything is unpacked."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    path = tmp_path / "bomb.png"
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    with pytest.raises(InputError, match="more pixels than any radiograph"):
        read_radiograph(path)


def swap(content: bytes, old: bytes, new: bytes) -> bytes:
    assert content.count(old) == 1
    return content.replace(old, new)


@pytest.mark.parametrize("edge", [12_000, 30_000])
@pytest.mark.parametrize("kind", ["jpg", "tif", "bmp"])
def test_a_header_that_promises_too_much(tmp_path: Path, kind: str, edge: int) -> None:
    """100 x 90 pixels whose header says many more: refused by the header, before memory is taken for them."""
    path = tmp_path / f"bomb.{kind}"
    saved(np.random.default_rng(0).integers(0, 255, (90, 100)).astype(np.uint8), path)
    content = path.read_bytes()
    if kind == "jpg":
        content = swap(content, struct.pack(">BHH", 8, 90, 100), struct.pack(">BHH", 8, edge, edge))
    elif kind == "bmp":
        content = swap(content, struct.pack("<ii", 100, 90), struct.pack("<ii", edge, edge))
    else:
        for tag, length in ((256, 100), (257, 90)):
            short, long = struct.pack("<HHII", tag, 3, 1, length), struct.pack("<HHII", tag, 4, 1, length)
            old = short if short in content else long
            content = swap(content, old, struct.pack("<HHII", tag, 4, 1, edge))
    path.write_bytes(content)
    tracemalloc.start()
    with pytest.raises(InputError, match=r"more (pixels )?than any radiograph|more pixels"):
        read_radiograph(path)
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


@pytest.mark.parametrize("edge", [1, 8, 31])
def test_too_small(tmp_path: Path, edge: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (edge, edge)).astype(np.uint8)
    with pytest.raises(InputError, match="too few"):
        read_radiograph(saved(pixels, tmp_path / "small.png"))


def test_constant(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="shows nothing"):
        read_radiograph(saved(np.full((64, 64), 7, np.uint8), tmp_path / "flat.png"))


def test_text_missing_and_folder(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.png").touch()
    for name, message in (
        ("text.png", "the name says PNG"),
        ("empty.png", "the name says PNG"),
        ("missing.png", "no such file"),
        (".", "folder"),
    ):
        with pytest.raises(InputError, match=message):
            read_radiograph(tmp_path / name)


@pytest.mark.parametrize("spacing_mm", [0, -0.1, float("nan"), (0.1, 0)])
def test_impossible_spacing(tmp_path: Path, crop_film: np.ndarray, spacing_mm: float) -> None:
    path = saved(crop_film, tmp_path / "crop.png")
    with pytest.raises(InputError, match="spacing"):
        read_radiograph(path, spacing_mm=spacing_mm)


def test_content_decides_not_the_name(tmp_path: Path, crop_film: np.ndarray) -> None:
    path = saved(crop_film, tmp_path / "crop.png").rename(tmp_path / "crop.jpg")
    film = read_radiograph(path)
    assert film.origin.format == "PNG"
    assert np.array_equal(film.native(), crop_film)


def test_nothing_on_the_terminal(
    tmp_path: Path, crop_film: np.ndarray, capfd: pytest.CaptureFixture[str]
) -> None:
    for suffix in ("png", "jpg", "tif", "bmp"):
        path = saved(crop_film, tmp_path / f"crop.{suffix}")
        path.write_bytes(path.read_bytes()[:-700])
        with pytest.raises(InputError):
            read_radiograph(path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_large_film_in_bounded_memory(tmp_path: Path, hand_film: np.ndarray) -> None:
    resource = pytest.importorskip("resource")
    large = np.kron(hand_film[:500, :400].astype(np.uint16) * 257, np.ones((12, 15), np.uint16))
    path = saved(large, tmp_path / "large.tif")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    film: Radiograph = read_radiograph(path)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert film.shape == (6000, 6000)
    assert grown < 600
    assert np.array_equal(film.native(), large)


def test_real_joint_crops_hardly_change(data_folder: Path) -> None:
    changes = []
    for path in sorted((data_folder / "mcp").glob("*/*.jpg"))[::60]:
        pixels = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
        grey = pixels[..., 0] if pixels.ndim == 3 else pixels
        film = read_radiograph(path)
        assert np.array_equal(film.native(), grey)
        assert abs(film.intensity.mean() - grey.mean() / 255) < 0.25
        changes.append(film.intensity.mean() - grey.mean() / 255)
        assert not film.polarity.inverted
    assert abs(np.mean(changes)) < 0.04


def test_real_hands(data_folder: Path) -> None:
    """Ordinary and dark films come to one scale, all come back bit for bit."""
    folder = data_folder / "hands" / "images"
    for name in ("ra_hand", "12362", "9239", "2979", "3288"):
        path = folder / f"{name}.png"
        film = read_radiograph(path)
        pixels = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
        assert np.array_equal(film.native(), pixels)
        assert not film.polarity.inverted
        assert np.percentile(film.intensity, 95) * 255 > 110

"""Grey values as the decoders give them that people use with each format: 8 bits unless 16 are asked for."""

import numpy as np
import pytest
from PIL import Image

from LayerSeparationLib.export import CollectionSettings

HALF_A_STEP = 0.5 / 255 + 1e-6
IMAGES = {"coco": "images/train/a_MCP3_000000.png", "yolo": "images/train/a_MCP3_000000.png"}


def decode_rgb(path):
    """As Ultralytics, torchvision (its default loader) and FiftyOne do."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=np.float32) / 255


@pytest.mark.parametrize("name", IMAGES)
def test_pillow_sees_the_grey_values(written, sample, name):
    grey = decode_rgb(written(name) / IMAGES[name])
    assert grey.shape == (*sample.image.shape, 3)
    assert np.abs(grey - sample.image[..., np.newaxis]).max() <= HALF_A_STEP


@pytest.mark.parametrize("handler", ["rgb", "l", "pil"])
def test_webdatasets_own_decoders_see_the_grey_values(written, sample, handler):
    import webdataset

    shard = written("webdataset") / "train-000000.tar"
    one = next(iter(webdataset.WebDataset(shard.as_uri(), shardshuffle=False).decode(handler)))
    grey = np.asarray(one["png"], dtype=np.float32)
    grey = grey / 255 if handler == "pil" else grey
    expected = sample.image if grey.ndim == 2 else sample.image[..., np.newaxis]
    assert np.abs(grey - expected).max() <= HALF_A_STEP
    assert one["labels.json"] == {"jsw": 0.6}
    space = np.asarray(one["joint_space.png"], dtype=np.float32)
    assert np.array_equal((space if space.ndim == 2 else space[..., 0]) > 0, sample.masks.joint_space)


@pytest.mark.parametrize("name", IMAGES)
def test_16_bits_on_request_are_exact_and_white_to_pillow(written, sample, name):
    path = written(name, CollectionSettings(image_bits=16)) / IMAGES[name]
    with Image.open(path) as image:
        assert np.abs(np.asarray(image) / 65535 - sample.image).max() < 1e-5
    assert (decode_rgb(path) == 1).mean() > 0.9

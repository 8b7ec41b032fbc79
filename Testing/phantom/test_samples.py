"""The phantom films that come with the package are those that the program makes."""

import json

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib.cli import main
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.phantom import find_sample_film, sample_films
from LayerSeparationLib.phantom.samples import SAMPLE_FOLDER


@pytest.fixture(scope="module")
def made_anew(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples") / "sample_data"
    assert main(["sample-data", "--output", str(folder)]) == 0
    return folder


def test_films_and_thumbnails_are_those_that_ship(made_anew):
    """But for rounding: a processor with wider vectors may add in another order."""
    names = {path.name for path in SAMPLE_FOLDER.iterdir()}
    assert {path.name for path in made_anew.iterdir()} == names
    for name in names - {"sample_data.json"}:
        made, shipped = (
            sitk.GetArrayFromImage(sitk.ReadImage(str(folder / name)))
            for folder in (made_anew, SAMPLE_FOLDER)
        )
        assert made.dtype == shipped.dtype == np.uint16
        difference = np.abs(made.astype(int) - shipped.astype(int))
        assert difference.max() <= 1
        assert (difference > 0).mean() < 0.001


def test_the_list_is_that_which_ships(made_anew):
    made, shipped = (
        json.loads((folder / "sample_data.json").read_text()) for folder in (made_anew, SAMPLE_FOLDER)
    )
    for entry in (*made, *shipped):
        del entry["sha256"]  # of a file whose last bits may differ
    assert made == shipped


def test_every_film_that_is_listed_is_whole():
    for film in sample_films():
        assert find_sample_film(film.name) == film
        assert film.thumbnail.is_file()
        assert film.description.endswith("(synthetic)")


def test_an_unknown_film_is_refused():
    with pytest.raises(InputError, match="no sample Foot: choose among PhantomHand, PhantomJoint"):
        find_sample_film("Foot")

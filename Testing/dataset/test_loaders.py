"""Data sets load as the documentation says, by the programs that it names."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from own_environment import make_environment

from LayerSeparationLib.dataset import DatasetPaths, make_dataset
from LayerSeparationLib.dataset.report.loader_lists import choose_columns

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "Docs" / "how-to" / "load_data_sets.md"
EXAMPLES = dict(re.findall(r"^## ([^\n]+)\n.*?```python\n(.*?)```", PAGE.read_text("utf-8"), re.M | re.S))
IN_OWN_ENVIRONMENT = ("pandas", "MONAI", "Hugging Face", "Croissant")
FORMATS = ("png", "coco", "yolo", "webdataset", "nnunet")


@pytest.fixture(scope="module")
def data_set(tmp_path_factory, plan_of, cache):
    root = tmp_path_factory.mktemp("loaded") / "set"
    make_dataset(DatasetPaths(root), plan_of(per_joint=2, formats=FORMATS), cache)
    return root


@pytest.fixture(scope="module")
def own_python(tmp_path_factory):
    return make_environment(tmp_path_factory.mktemp("loaders"), ROOT / "requirements" / "loaders.txt")


def run_example(python, title, data_set):
    # Without a network: nothing is asked of Hugging Face's hub.
    home = data_set.parent / "home"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [python, "-c", EXAMPLES[title]],
        cwd=data_set,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("title", [title for title in EXAMPLES if title not in IN_OWN_ENVIRONMENT])
def test_the_example_runs(data_set, title):
    run_example(sys.executable, title, data_set)


@pytest.mark.loaders
@pytest.mark.parametrize("title", IN_OWN_ENVIRONMENT)
def test_the_example_runs_with_what_others_install(own_python, data_set, title):
    done = run_example(own_python, title, data_set)
    if title == "Croissant":
        assert done.stdout.count("MCP3") + done.stdout.count("PIP2") + done.stdout.count("DIP4") == 6
        assert "error" not in done.stderr.lower()


PARQUET = """
import csv, json
from pathlib import Path
import pandas
from LayerSeparationLib.dataset.report.loader_lists import write_parquet
rows = [json.loads(line) for line in Path("coco/images/train/metadata.jsonl").read_text().splitlines()]
write_parquet(Path("labels.parquet"), [{**row, "synthetic": "true", "svdh_like": None} for row in rows])
table = pandas.read_parquet("labels.parquet")
assert list(table.columns) == next(csv.reader(open("labels.csv")))
assert table.jsw.dtype == "float64" and table.synthetic.all() and table.svdh_like.isna().all()
assert table.name.tolist() == [row["name"] for row in rows]
Path("labels.parquet").unlink()
"""


@pytest.mark.loaders
def test_the_table_as_parquet_has_the_columns_and_types(own_python, data_set):
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "LayerSeparation")}
    subprocess.run([own_python, "-c", PARQUET], cwd=data_set, env=environment, check=True, timeout=300)


def test_lists_name_files_that_are_there_with_their_labels(data_set):
    for folder in ("png/train", "coco/images/train", "yolo/images/train"):
        lines = [json.loads(line) for line in (data_set / folder / "metadata.jsonl").read_text().splitlines()]
        assert len(lines) == 2
        for line in lines:
            named = [value for key, value in line.items() if key.endswith("file_name")]
            assert len(named) == (5 if folder == "png/train" else 1)
            assert all((data_set / folder / name).is_file() for name in named)
            assert line["synthetic"] is True
            assert line["jsw"] is None or 0.1 < line["jsw"] < 2.1
    for name in ("png", "nnunet"):
        made = json.loads((data_set / name / "datalist.json").read_text())
        assert set(made) >= {"training", "validation", "test"}
        for split in ("training", "validation", "test"):
            assert len(made[split]) == 2
            for item in made[split]:
                labels = item["label"] if isinstance(item["label"], list) else [item["label"]]
                assert all((data_set / name / path).is_file() for path in (item["image"], *labels))


def test_columns_of_metadata_have_one_type_in_all_splits():
    rows = [
        {"split": "train", "side": "L", "jsw": 1.5, "svdh_like": 1, "asked_change": None},
        {"split": "train", "side": "L", "jsw": None, "svdh_like": None, "asked_change": None},
        {"split": "test", "side": None, "jsw": 0.4, "svdh_like": None, "asked_change": None},
    ]
    columns = choose_columns(rows)
    assert {"side", "jsw", "split", "synthetic"} <= columns
    assert not {"svdh_like", "asked_change"} & columns


def test_croissant_describes_the_table_of_labels_and_every_image(data_set):
    made = json.loads((data_set / "croissant.json").read_text())
    table, *images = made["distribution"]
    assert table["contentUrl"] == "labels.csv"
    header = (data_set / "labels.csv").read_text().splitlines()[0].split(",")
    assert [field["name"] for field in made["recordSet"][0]["field"]] == header
    assert len(images) == len(FORMATS)
    for one in images:
        assert sum(len(list(data_set.glob(place))) for place in one["includes"]) >= 3


def test_the_card_begins_with_what_hugging_face_reads(data_set):
    import yaml

    _, head, card = (data_set / "README.md").read_text().split("---\n", 2)
    known = yaml.safe_load(head)
    assert [one["config_name"] for one in known["configs"]] == ["png", "coco", "yolo"]
    for one in known["configs"]:
        for part in one["data_files"]:
            assert all(list(data_set.glob(place)) for place in part["path"])
    assert card.startswith("# Synthetic radiographs")

"""What Slicer's catalogue of extensions checks before it takes an entry, without a network.

The rules are those of Slicer/ExtensionsIndex, scripts/check_description_files.py and its template of a pull
request. What only the network can tell (the pictures' addresses, the repository's topic) stands in
CONTRIBUTING.md.
"""

from __future__ import annotations

import ast
import json
import re
import struct
from pathlib import Path

import jsonschema
import pytest
import yaml

REPOSITORY = Path(__file__).parents[1]
NAME = "LayerSeparation"
RAW = "https://raw.githubusercontent.com/LayerSeparation/SlicerLayerSeparation/main/"


def text(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def entry() -> dict[str, object]:
    """Return the catalogue's entry."""
    return dict(json.loads(text(f"{NAME}.json")))


@pytest.fixture(scope="module")
def cmake() -> dict[str, str]:
    """Return the extension's settings; the catalogue's patterns want each on a line of its own."""
    found = re.findall(r'^set\(EXTENSION_(\w+) "([^"\n]*)"\)$', text("CMakeLists.txt"), re.MULTILINE)
    assert len(found) == len(dict(found)), "a setting stands twice"
    return dict(found)


@pytest.fixture(scope="module")
def s4ext() -> dict[str, str]:
    """Return the older description, by the first word of a line."""
    lines = [line for line in text(f"{NAME}.s4ext").splitlines() if line and not line.startswith("#")]
    return {line.partition(" ")[0]: line.partition(" ")[2].strip() for line in lines}


def refuse(entry: dict[str, object]) -> str:
    """Return why the schema refuses an entry; '' where it takes it."""
    schema = json.loads((Path(__file__).parent / "catalogue_entry.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    error = jsonschema.exceptions.best_match(jsonschema.Draft7Validator(schema).iter_errors(entry))
    return error.message if error is not None else ""


def test_the_entry_keeps_to_the_schema(entry):
    assert refuse(entry) == ""


@pytest.mark.parametrize(
    "change",
    [
        {"category": "Radiology"},
        {"scm_url": "http://github.com/LayerSeparation/SlicerLayerSeparation.git"},
        {"scm_url": "https://github.com/LayerSeparation/LayerSeparation.git"},
        {"tier": 0},
        {"scmrevision": "main"},
        {"build_dependencies": "PyTorch"},
        {"enabled": 1},
        {"$schema": ""},
    ],
)
def test_the_schema_refuses_what_the_catalogue_would(entry, change):
    assert refuse({**entry, **change}) != ""


def test_the_entry_is_plain_json_with_unix_line_ends():
    data = (REPOSITORY / f"{NAME}.json").read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"}\n")


def test_extension_and_repository_have_the_names_that_are_asked_for(entry):
    [project] = re.findall(r"project\s*\(\s*([^\s\)]+)", text("CMakeLists.txt"))
    assert project == NAME
    assert not NAME.lower().startswith("slicer")
    assert str(entry["scm_url"]).rpartition("/")[2] == f"Slicer{NAME}.git"


def test_the_project_is_configured_as_slicers_build_expects():
    commands = re.findall(r"^(\w+)\(([^)]*)\)", text("CMakeLists.txt"), re.MULTILINE)
    assert commands[0] == ("cmake_minimum_required", "VERSION 3.16.3...3.28.0")
    assert commands[1] == ("project", NAME)
    others = [command for command in commands if command[0] != "set"]
    assert others[2:4] == [("find_package", "Slicer REQUIRED"), ("include", "${Slicer_USE_FILE}")]
    assert [argument for name, argument in others if name == "include"][-2:] == [
        "${Slicer_EXTENSION_GENERATE_CONFIG}",
        "${Slicer_EXTENSION_CPACK}",
    ]


def test_three_descriptions_agree(entry, cmake, s4ext):
    assert s4ext["scmurl"] == entry["scm_url"] == cmake["HOMEPAGE"] + ".git"
    assert s4ext["scm"] == "git"
    assert s4ext["scmrevision"] == entry["scm_revision"]
    assert s4ext["category"] == entry["category"]
    assert s4ext["build_subdirectory"] == entry["build_subdirectory"]
    assert s4ext["depends"].split() == entry["build_dependencies"] == cmake["DEPENDS"].split()
    for key in ("HOMEPAGE", "CONTRIBUTORS", "DESCRIPTION", "ICONURL", "SCREENSHOTURLS", "KEYWORDS"):
        assert s4ext[key.lower()] == cmake[key], key
    assert set(cmake) == {
        *("HOMEPAGE", "CONTRIBUTORS", "DESCRIPTION", "ICONURL", "SCREENSHOTURLS", "DEPENDS", "KEYWORDS")
    }


def test_the_module_lies_in_the_category_of_the_entry(entry):
    assert f'"{entry["category"]}"' in text(f"{NAME}/{NAME}.py")


def test_description_is_one_or_two_sentences(cmake):
    assert 1 <= cmake["DESCRIPTION"].count(". ") + 1 <= 2
    assert len(cmake["DESCRIPTION"]) < 300


def test_keywords_are_words_apart(cmake):
    words = cmake["KEYWORDS"].split()
    assert len(words) == len(set(words)) >= 5
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", word) for word in words)


def test_pictures_are_raw_files_of_this_repository(cmake):
    screenshots = cmake["SCREENSHOTURLS"].split()
    assert screenshots
    for url in [cmake["ICONURL"], *screenshots]:
        assert url.startswith(RAW), url
        assert url.lower().endswith((".png", ".jpg", ".jpeg", ".gif")), url
        assert not set("?&#") & set(url), "parameters in addresses are not supported"
        assert (REPOSITORY / url.removeprefix(RAW)).is_file(), url


def test_icon_is_128_pixels_square(cmake):
    data = (REPOSITORY / cmake["ICONURL"].removeprefix(RAW)).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (128, 128)


def test_licence_lies_at_the_root_and_is_named_on_the_home_page():
    assert (REPOSITORY / "LICENSE.txt").is_file()
    assert "Apache-2.0" in text("README.md")


def test_home_page_has_what_reviewers_look_for():
    page = text("README.md")
    assert page.startswith(f"# {NAME}\n")
    assert "](Resources/Screenshots/" in page
    assert "](Docs/tutorial.md)" in page
    assert "*Layer Separation* (category *Image Synthesis*)" in page
    assert "10.1145/3746027.3755407" in page


def test_tier_3_waits_for_weights_with_a_permissive_licence(entry):
    """The catalogue asks for a permissive licence of the main functions from tier 3 on."""
    cards = [text(str(path.relative_to(REPOSITORY))) for path in REPOSITORY.rglob("models/*.md")]
    assert cards
    if any("names no licence" in card for card in cards):
        assert entry["tier"] == 1


def authors() -> list[str]:
    """Return who CITATION.cff says wrote this, as Slicer has it: 'Name Surname (Organisation)'."""
    names = []
    for author in yaml.safe_load(text("CITATION.cff"))["authors"]:
        name = author.get("name") or f"{author['given-names']} {author['family-names']}"
        names.append(f"{name} ({author['affiliation']})" if "affiliation" in author else name)
    return names


def test_contributors_are_those_of_the_citation(cmake):
    assert cmake["CONTRIBUTORS"] == ", ".join(authors())
    module = ast.parse(text(f"{NAME}/{NAME}.py"))
    [shown] = [
        ast.literal_eval(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "parent.contributors"
    ]
    assert shown == authors()
    plain = [re.sub(r" \(.*\)$", "", author) for author in authors()]
    assert re.findall(r'\{ name = "([^"]*)"', text("pyproject.toml")) == plain
    assert f'author = copyright = "{", ".join(plain)}"' in text("Docs/conf.py")

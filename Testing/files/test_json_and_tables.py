"""Strict JSON, tables and checksums: what is written is what every reader reads."""

import hashlib
import json
import math

import numpy as np
import pytest

from LayerSeparationLib.files import parse_json, sha256_of_file, write_json, write_table


def test_deep_nesting_is_told_without_parsing():
    brackets = json.dumps({'path \\"': "[{" * 200})
    assert parse_json(brackets) == {'path \\"': "[{" * 200}
    assert parse_json("[" * 64 + "]" * 64) is not None
    for text in ("[" * 65 + "]" * 65, '{"a":' * 100_000, "[" * 100_000):
        with pytest.raises(ValueError, match="nested too deeply"):
            parse_json(text)


def test_json_of_numpy_values(tmp_path):
    value = {"a": np.arange(3), "b": [np.float32(0.5), math.inf, None], "c": (True, "é")}
    write_json(tmp_path / "a.json", value)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {
        "a": [0, 1, 2],
        "b": [0.5, None, None],
        "c": [True, "é"],
    }
    with pytest.raises(TypeError):
        write_json(tmp_path / "b.json", {"a": object()})
    assert not (tmp_path / "b.json").exists()


def test_table_quotes_what_needs_it_and_leaves_unknown_fields_empty(tmp_path):
    rows = [
        {"file": "a, b.png", "jsw_mean_mm": np.float64(1.25), "status": "ok"},
        {"file": 'c"d', "jsw_mean_mm": math.nan, "status": None},
        {"file": "e"},
    ]
    write_table(tmp_path / "a.csv", ["file", "jsw_mean_mm", "status"], rows)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == (
        'file,jsw_mean_mm,status\n"a, b.png",1.25,ok\n"c""d",,\ne,,\n'
    )
    with pytest.raises(ValueError, match="other"):
        write_table(tmp_path / "b.csv", ["file"], [{"other": 1}])


def test_checksum_of_a_file_larger_than_a_piece(tmp_path):
    content = bytes(range(256)) * 8200
    (tmp_path / "a").write_bytes(content)
    assert sha256_of_file(tmp_path / "a") == hashlib.sha256(content).hexdigest()

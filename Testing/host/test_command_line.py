"""Words of the panel host's command line: help is help, and no picture's name."""

import subprocess
import sys
from pathlib import Path

HOST = Path(__file__).parent / "panel_host"


def test_help_writes_no_picture(tmp_path):
    told = subprocess.run(
        [sys.executable, str(HOST), "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0
    assert "PICTURE.png" in told.stdout
    assert list(tmp_path.iterdir()) == []

"""An environment of its own for a program that reads what is written here; it sees this one's packages."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path


def make_environment(folder: Path, requirements: Path, *options: str) -> Path:
    """Return the Python of a new environment with some packages; pip needs its index."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
    python = folder / ("Scripts/python" if os.name == "nt" else "bin/python")
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    shared = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    lines = [f"import site; site.addsitedir({path!r})" for path in sorted(shared)]
    (own / "packages_of_the_tests.pth").write_text("\n".join(lines) + "\n")
    words = ("install", "--quiet", "--no-input", "--no-compile", *options, "--requirement", requirements)
    done = subprocess.run(
        [python, "-m", "pip", *words], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return python

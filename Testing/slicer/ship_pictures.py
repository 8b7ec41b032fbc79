"""Put the pictures that the documentation shows in their place, small: `make pictures` calls it.

    python Testing/slicer/ship_pictures.py FOLDER

FOLDER is where the in-Slicer tests left their pictures. Of those, the ones that are linked to replace their
namesakes in Resources/Screenshots, with as many colours as can't be told from all.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[2]
SCREENSHOTS = REPOSITORY / "Resources" / "Screenshots"
PAGES = ("README.md", "Docs/tutorial.md", "Docs/how-to/radiologists.md", "CMakeLists.txt")
COLOURS = 160


def main(folder: str) -> int:
    """Return the exit code."""
    text = "\n".join((REPOSITORY / page).read_text(encoding="utf-8") for page in PAGES)
    linked = sorted(set(re.findall(r"Screenshots/(\d\d_\w+\.png)", text)))
    missing = [name for name in linked if not (Path(folder) / name).is_file()]
    if missing:
        print(f"not taken: {', '.join(missing)}", file=sys.stderr)
        return 1
    for name in linked:
        picture = Image.open(Path(folder) / name).convert("RGB")
        small = picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        small.save(SCREENSHOTS / name, optimize=True)
        print(f"{name}: {(SCREENSHOTS / name).stat().st_size // 1024} KiB")
    for path in SCREENSHOTS.glob("[0-9][0-9]_*.png"):
        if path.name not in linked:
            path.unlink()
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))

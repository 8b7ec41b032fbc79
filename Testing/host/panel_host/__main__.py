"""Open the module's panel on the host, and save a picture of it, or of a window with the views beside it.

    python Testing/host/panel_host PICTURE.png [STEPS.py]
    python Testing/host/panel_host --window PICTURE.png [STEPS.py]

STEPS.py is run before the picture is taken; it finds `widget` (the module's), `host` and `slicer`, and may
save other pictures of the window by `host.window.picture("name.png")`. The exit code is 1 where an error was
swallowed. The picture shows the arrangement, not the looks that Slicer gives it; what the views show is drawn
by Slicer's own classes.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULE = HERE.parents[2] / "LayerSeparation" / "LayerSeparation.py"


def main(picture: str, steps: str | None = None, with_window: bool = False) -> int:
    """Return the exit code."""
    sys.path[0] = str(HERE.parent)
    import slicer
    from PySide6 import QtWidgets

    from panel_host.host import PanelHost
    from panel_host.slice_drawing import why_not

    host = PanelHost()
    widget = host.open(MODULE)
    try:
        if with_window:
            host.window.show()
            host.process_events()
            if why_not():
                print(f"The views are not drawn: {why_not()}", file=sys.stderr)
        if steps is not None:
            names = {"widget": widget, "host": host, "slicer": slicer}
            exec(compile(Path(steps).read_text(encoding="utf-8"), steps, "exec"), names)
            host.process_events()
        if with_window:
            host.window.picture(picture)
        else:
            # As high as all of its sections need.
            areas = widget.parent.findChildren(QtWidgets.QScrollArea)
            hidden = sum(area.widget().sizeHint().height() - area.sizeHint().height() for area in areas)
            widget.parent.resize(widget.parent.width, widget.parent.sizeHint().height() + hidden)
            host.process_events()
            widget.parent.grab().save(picture, "PNG")
    except Exception:
        host.errors.add(traceback.format_exc())
    host.close()
    errors = host.errors.take()
    if not Path(picture).is_file():
        errors.append(f"{picture} was not written")
    print("\n".join(errors), file=sys.stderr)
    return 1 if errors else 0


def parse_words(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what the command line asks for; wrong words and --help end the program."""
    parser = argparse.ArgumentParser(
        prog="panel_host", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--window", action="store_true", help="show the views beside the panel")
    parser.add_argument("picture", metavar="PICTURE.png", help="file to write")
    parser.add_argument("steps", metavar="STEPS.py", nargs="?", help="Python that is run before")
    return parser.parse_args(words)


if __name__ == "__main__":
    asked = parse_words()
    sys.exit(main(asked.picture, asked.steps, with_window=asked.window))

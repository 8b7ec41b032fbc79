"""Progress: a bar on a terminal, plain lines elsewhere, nothing where the work is short."""

import io
import sys
import threading

from LayerSeparationLib.cli import progress
from LayerSeparationLib.cli.progress import Progress, explain_waiting, say, track


class Terminal(io.StringIO):
    def isatty(self):
        return True


def open_terminal(monkeypatch):
    """Put a terminal in the place of stderr; in the test itself, for pytest has its own way with stderr."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_short_work_says_nothing_where_there_is_no_terminal(capsys):
    assert list(track("abc", "films")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_long_work_says_a_plain_line_now_and_then(capsys, monkeypatch):
    monkeypatch.setattr(progress, "_LINE_EVERY_S", 1e-9)
    assert list(track("ab", "films")) == ["a", "b"]
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert [line.split(",")[0] for line in lines] == ["films: 1 of 2", "films: 2 of 2"]
    assert "\r" not in err


def test_a_terminal_shows_a_bar_that_is_left_when_it_is_full(monkeypatch):
    terminal = open_terminal(monkeypatch)
    assert list(track("ab", "films")) == ["a", "b"]
    text = terminal.getvalue()
    assert "films:   0%|" in text
    assert text.rstrip().rsplit("\r", 1)[-1].startswith("films: 100%|")
    assert text.endswith("\n")


def test_a_bar_goes_on_from_what_was_done_before(monkeypatch):
    terminal = open_terminal(monkeypatch)
    with Progress() as show:
        show("samples", 40, 50)
    assert "80%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\n")


def test_steps_have_a_bar_each(monkeypatch):
    terminal = open_terminal(monkeypatch)
    with Progress() as show:
        show("truth", 1, 2)
        show("truth", 2, 2)
        show("layers", 1, 1)
    text = terminal.getvalue()
    assert "truth: 100%" in text
    assert "layers: 100%" in text


def test_a_message_stands_on_a_line_of_its_own(monkeypatch):
    terminal = open_terminal(monkeypatch)
    for _ in track("ab", "films"):
        say("a word")
    assert terminal.getvalue().count("a word\n") == 2


def test_what_takes_long_is_explained_while_it_goes_on(capsys, monkeypatch):
    spoken = threading.Event()
    monkeypatch.setattr(progress, "_LINE_EVERY_S", 1e-3)
    monkeypatch.setattr(progress, "say", lambda text: (say(text), spoken.set()))
    with explain_waiting("Reading film.dcm ..."):
        assert spoken.wait(60)
    assert capsys.readouterr().err == "Reading film.dcm ...\n"


def test_what_is_short_is_not_explained(capsys):
    with explain_waiting("Reading film.dcm ..."):
        pass
    assert capsys.readouterr() == ("", "")

"""A film that is renamed anywhere in Slicer, in the panel."""

from __future__ import annotations

from LayerSeparationLib.scene.sample_data import add_phantom_film


def test_list_and_header_follow_a_new_name(film):
    film.panel.session.film_node.SetName("anonymous")
    assert film.ui.filmComboBox.currentText == "anonymous"
    assert film.ui.filmSection.text.startswith("Radiograph: anonymous, ")


def test_the_list_follows_a_film_that_is_not_in_work(film):
    other = add_phantom_film()
    film.host.process_events()
    current = film.ui.filmComboBox.currentText
    other.SetName("anonymous")
    box = film.ui.filmComboBox
    assert "anonymous" in [box.itemText(index) for index in range(box.count)]
    assert box.currentText == current

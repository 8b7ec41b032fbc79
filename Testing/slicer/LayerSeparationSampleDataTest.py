"""The sample data is offered by Slicer's own module, and can be loaded without a network."""

import unittest

import slicer


class LayerSeparationSampleDataTest(unittest.TestCase):
    """Sample data in a running Slicer."""

    def setUp(self):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)

    def test_1_samples_are_offered(self):
        """They were registered when Slicer had started."""
        from LayerSeparationLib.phantom import sample_films
        from LayerSeparationLib.scene.sample_data import CATEGORY, register_sample_data

        if not register_sample_data():
            self.skipTest("this Slicer has no module Sample Data")
        offered = [source.sampleName for source in slicer.modules.sampleDataSources[CATEGORY]]
        self.assertEqual(offered, [sample.name for sample in sample_films()])

    def test_2_slicers_module_loads_them(self):
        """A click in Sample Data gives a film with its pixel spacing."""
        from LayerSeparationLib.phantom import sample_films
        from LayerSeparationLib.scene import Film, films_in
        from LayerSeparationLib.scene.sample_data import register_sample_data

        if not register_sample_data():
            self.skipTest("this Slicer has no module Sample Data")
        import SampleData

        for sample in sample_films():
            (node,) = SampleData.SampleDataLogic().downloadSamples(sample.name)
            self.assertIn(node, films_in(slicer.mrmlScene))
            film = Film(node)
            self.assertEqual(film.radiograph.shape, sample.shape)
            self.assertIn(f"{sample.spacing_mm[0]:.3f} mm/px", film.spacing_text)

    def test_3_scripts_load_them(self):
        """The library loads them straight from the module's files."""
        from LayerSeparationLib.phantom import sample_films
        from LayerSeparationLib.scene import Film
        from LayerSeparationLib.scene.sample_data import load_sample

        for sample in sample_films():
            self.assertEqual(Film(load_sample(sample.name)).radiograph.shape, sample.shape)

    def test_4_terms_are_known(self):
        """The terminology selector lists the module's terms."""
        import vtk

        from LayerSeparationLib.scene.terminology import TERMINOLOGY_NAME, register_terminology

        if not register_terminology():
            self.skipTest("this Slicer has no module Terminologies")
        names = vtk.vtkStringArray()
        slicer.modules.terminologies.logic().GetLoadedTerminologyNames(names)
        loaded = [names.GetValue(index) for index in range(names.GetNumberOfValues())]
        self.assertIn(TERMINOLOGY_NAME, loaded)

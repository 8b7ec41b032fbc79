"""What is seen of a film and its joints in Slicer's views: layouts, overlays, marks. No widgets."""

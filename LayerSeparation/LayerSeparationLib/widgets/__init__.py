"""The panel: Qt on one side, the nodes of the scene on the other."""

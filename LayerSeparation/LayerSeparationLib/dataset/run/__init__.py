"""The work: samples are rendered and written block by block, by one process or by many."""

"""What a data set is to hold: which joints, which samples, from which layers, and where its files lie."""

"""Training of the layer separation network: joints and phantoms in, weights with their manifest out."""

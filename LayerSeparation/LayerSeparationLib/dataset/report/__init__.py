"""What is said of the whole: labels, figures, card, manifest, and the check of them."""

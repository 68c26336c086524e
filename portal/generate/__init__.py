"""A city of any size, invented by chance with a seed: for figures about lists and pages, never for work."""

"""Applications: the ranked list, one file, the search."""

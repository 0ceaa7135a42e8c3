"""Rights not taken up, from facts the register holds already."""

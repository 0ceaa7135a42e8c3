"""One application becomes two when members of a household part."""

"""Published results worked out again; ``python -m tests.published`` redoes all of them."""

"""Erasing a person: what is kept how long, what is emptied, and what stays provable."""

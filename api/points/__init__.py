"""Points worked out again by a company that was chosen, and what follows of a difference."""

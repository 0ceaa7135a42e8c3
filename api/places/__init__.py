"""Reserved places offered to partners, dwelling by dwelling, in their turn."""

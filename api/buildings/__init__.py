"""Who holds a dwelling, and the empty buildings whose works partners can plan with."""

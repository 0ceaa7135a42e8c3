"""What the committee decides of a proposal, its derogations, and who is entitled today."""

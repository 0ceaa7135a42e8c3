"""What would happen if: studies and simulations on a register."""

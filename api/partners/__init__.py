"""What a partner sees and does: its agreements, the candidates it presents, what became of them."""

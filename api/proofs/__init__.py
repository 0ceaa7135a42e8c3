"""Proofs handed in: kept closed, then taken into the file or declined by the company."""

"""Fresh proofs asked of the first households of each dwelling before a meeting."""

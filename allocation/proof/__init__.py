"""Proofs people keep: a certificate of the proposal, and a checker that trusts nobody."""

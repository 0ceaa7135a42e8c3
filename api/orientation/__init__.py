"""Orientation: a directory, referrals with one owner, networks with a shared queue."""

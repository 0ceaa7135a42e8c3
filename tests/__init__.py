"""Tests of Passerelle."""

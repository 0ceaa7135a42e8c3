"""Offers: made to the household entitled and to nobody else, followed to their end."""

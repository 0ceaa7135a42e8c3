"""The same household registered twice: suspected, decided by a person, undone."""

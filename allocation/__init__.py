"""The law and the arithmetic of allocations: no web, no database, no clock."""

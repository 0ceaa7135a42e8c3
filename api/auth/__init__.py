"""Who is asking: accounts and sessions of staff, keys and tokens of partners."""

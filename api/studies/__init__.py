"""Studies of the policy laboratory, asked for through the service."""

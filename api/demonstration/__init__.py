"""The bridges of the demonstration, told through the acts of the service itself."""

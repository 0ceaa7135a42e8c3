"""The service and the command line that people and partners use."""

"""The commands of the service; `api.cli` finds them by their function ``attach``."""

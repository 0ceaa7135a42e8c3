"""What an operator needs: health, readiness, metrics, logs, limits."""

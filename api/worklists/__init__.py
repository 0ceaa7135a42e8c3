"""What waits for somebody: missing facts, days that come, anomalies."""

"""Reports: figures of a period, the rows behind each, and those rows as a file."""

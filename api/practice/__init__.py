"""Indicators, activities, projects, hours, good practice, calendars, letters."""

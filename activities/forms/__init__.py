"""Input of the pages of activities."""

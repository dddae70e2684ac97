"""Figures 指标: live for any dates, and together as the term report. Every one opens down to its rows."""

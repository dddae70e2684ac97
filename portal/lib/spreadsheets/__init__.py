"""Spreadsheets in and out: `read` any upload into sheets of text, `xlsx_bytes` and `csv_bytes` back out.

Imports nothing of the house: reading.py starts this package alone in a child process.
"""

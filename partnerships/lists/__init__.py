"""Lists of venues and schools that a bureau brings in as a spreadsheet."""

"""Lists of credits that come in as a spreadsheet: the white-list of a district, and a school's results of competitions."""

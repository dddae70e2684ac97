"""Rosters as schools really send them: from sheets of text to pupils, questions and problems. Knows no database."""

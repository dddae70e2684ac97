"""/api/v1/: the same rows, filters and verbs as the pages, for other systems and for people's own programs."""

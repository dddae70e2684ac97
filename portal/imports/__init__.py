"""Imports: upload or paste, look at the preview, answer, write. The file is read and forgotten (R8)."""

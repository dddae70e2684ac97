"""What tests stand on: one small function a noun. Higher apps build on these; `from tests.factories.people import hat`."""

"""Storms: what the portal promises under load and after kills, measured on real servers (`make storm`)."""

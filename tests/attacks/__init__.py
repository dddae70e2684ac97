"""Attacks on the pages, each as somebody who should get nothing by it."""

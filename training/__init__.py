"""Fits the models in cleaner/classify/weights from labelled pages; not installed."""

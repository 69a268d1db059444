"""Decoded text → blocks: `text.py` for lines, `html.py` for a parsed page."""

"""Blocks → decisions: which block is main content, what each one is, and how we know."""

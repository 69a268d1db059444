"""Shapes that other frameworks expect; nothing of theirs is imported here."""

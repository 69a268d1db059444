"""One result value, several renderers; nothing here prints."""

"""The data contract: one JSON Schema that drives validation, Arrow and Hugging Face features."""

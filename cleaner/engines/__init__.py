"""Who maps a function over part descriptors."""

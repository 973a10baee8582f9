"""The window: what is made, signed and posted, and what our accountant is told of it."""

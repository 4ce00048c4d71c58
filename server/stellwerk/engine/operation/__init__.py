"""What an operator can do with an instance, and what it would bring about."""

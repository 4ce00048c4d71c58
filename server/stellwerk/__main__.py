"""`python -m stellwerk` is the command `stellwerk`."""

from stellwerk.cli import main

main()

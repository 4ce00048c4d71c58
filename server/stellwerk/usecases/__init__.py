"""One function for each thing that somebody can do."""

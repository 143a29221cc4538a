"""What a count can leave behind for the checker: boxes, orthants, witnesses, and their text."""

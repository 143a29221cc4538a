"""Branch and prune: the search of a box, whatever the equations."""

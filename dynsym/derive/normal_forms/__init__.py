"""Normal forms of bifurcations over any kind of number."""

"""Every critical point of a system whose other parameters are numbers, by exact elimination."""

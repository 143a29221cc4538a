"""One-variable links over arrays of intervals: values, slopes and chord relaxations, rounded outward."""

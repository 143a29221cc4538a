"""What every test needs: a display that needs no screen, one thread, and the same random cases on every run."""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ["MPLBACKEND"] = "Agg"

from hypothesis import HealthCheck, settings  # noqa: E402

settings.register_profile(
    "dynsym", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("dynsym")

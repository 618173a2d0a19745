"""How property tests choose their examples.

`make test` takes the same ones each time, so that a run says something of the change and not of its luck; `make fuzz`
looks for new ones, and prints how to repeat what it finds.
"""

import os

from hypothesis import HealthCheck, settings

_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)

settings.register_profile("steady", derandomize=True, deadline=None, database=None, suppress_health_check=_SLOW)
settings.register_profile(
    "fuzz", max_examples=2_000, deadline=None, print_blob=True, database=None, suppress_health_check=_SLOW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

"""Properties run the same way on each machine: what fails here fails everywhere, and a slow machine is no failure."""

from hypothesis import settings

settings.register_profile("relance", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("relance")

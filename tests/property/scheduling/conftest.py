"""Let a slow machine be slow: a property is wrong or right, however long it takes."""

from hypothesis import settings

settings.register_profile("patient", deadline=None, print_blob=True)
settings.load_profile("patient")

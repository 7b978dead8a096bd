"""What a check raises when something is not as it should be."""


class Trouble(Exception):
    """One check failed; says why in plain words."""

"""The prices we ship, read from their file once."""

from functools import cache
from importlib.resources import files

from accessibility.costs import Costs, parse_costs


@cache
def prices() -> Costs:
    """Give the prices; reads and checks them the first time."""
    return parse_costs(files("accessibility").joinpath("costs.toml").read_text(encoding="utf-8"))

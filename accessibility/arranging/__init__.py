"""Find the cheapest arrangement of a meeting in which nobody is left out.

What it covers: one date out of several; for each way of joining at most one opening (the room in one place,
outdoors in one place, one online room, one phone line), each with what it costs and a limit of seats; things
arranged once for everybody who needs them; and who joins how. What it does not: two meetings, kit of which
there are only so many, and prices that depend on how many come.

- `problem` and `answer` hold the values, `search.cheapest` is the one thing to call.
- `board` turns a problem into whole numbers, `screening` looks at every candidate once, `choosing` (with
  `rows`, `paying` and `covering`) solves one date with one set of openings.
- `fitting` says whether everybody finds a seat, `seating` how for the least, and `giving` what would have to
  give where nobody-left-out is out of reach. `planning` tells what was found; `patience` says when to stop.

Who can be served is exact at every size. The cost is exact up to the size in `problem.EXACT`, and beyond
that comes with a bound below which nothing can cost.
"""

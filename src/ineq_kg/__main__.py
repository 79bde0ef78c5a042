"""`ineq-kg`, and `python -m ineq_kg`: what is to be settled before anything is imported, and then the command line."""

from __future__ import annotations

import gc
import sys

_SERVING = ("serve", "demo")


def main() -> None:
    """Run the command line. What serves is started under a faster allocator, where there is one."""
    if sys.argv[1:2] and sys.argv[1] in _SERVING:
        from ineq_kg import allocator

        chosen = allocator.choose()
        if chosen is not None:
            allocator.start_again(chosen, [sys.executable, "-m", "ineq_kg", *sys.argv[1:]])
    # What is imported stays: to look through it for garbage again and again takes an eighth of the start.
    gc.disable()
    from ineq_kg.cli import main as command_line

    gc.freeze()
    gc.enable()
    command_line()


if __name__ == "__main__":
    main()

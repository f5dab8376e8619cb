"""`python -m launchready_tui` and the console script."""

from __future__ import annotations


def main() -> None:
    """Run the command line; never returns."""
    from launchready_tui.cli.main import run

    run()


if __name__ == "__main__":
    main()

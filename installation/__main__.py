"""The command `immersions`, also as `python -m installation`."""

import time

BEGAN = time.monotonic()  # before anything is loaded: the first picture is to come within two seconds


def main() -> None:
    """Run the command line."""
    from installation.cli import app  # after the clock has started

    app(obj=BEGAN)


if __name__ == "__main__":
    main()

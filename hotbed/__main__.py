"""`python -m hotbed`."""

from hotbed.cli import main

if __name__ == "__main__":  # worker processes import this module as well
    main()

"""`python -m reformwatch` is `reformwatch`."""

from reformwatch.cli import main

if __name__ == "__main__":
    main()

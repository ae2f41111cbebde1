"""``python -m mockserver`` is the same as ``canopy-mock``."""

from mockserver.cli import main

if __name__ == "__main__":
    main()

"""``python -m dynsym`` is the command ``dynsym``."""

from dynsym.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

"""The door of ``python -m tests.bench``. Client processes come through it too, and must not load
the program.
"""

import sys

if __name__ == "__main__":
    from tests.bench.run import main

    sys.exit(main())

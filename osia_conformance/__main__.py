"""`python -m osia_conformance` is the command."""

import sys

from osia_conformance.cli import main

sys.exit(main())

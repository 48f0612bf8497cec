import sys
from pathlib import Path

# The builder of journals lies beside the tests that share it.
sys.path.insert(0, str(Path(__file__).parent))

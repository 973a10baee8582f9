"""The cloud of template.yaml on this machine.

The shared layer is put on the path here, so that `python -m local …` works from any shell, as it does in a function.
"""

import sys
from pathlib import Path

_LAYER = str(Path(__file__).parent.parent / "layers" / "billing")
if _LAYER not in sys.path:
    sys.path.insert(0, _LAYER)

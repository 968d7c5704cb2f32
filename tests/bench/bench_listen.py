"""How soon is a sound from the line-in seen?    python tests/bench/bench_listen.py [model] [bursts]

Plays bursts into a sound server of its own and looks at a real (virtual) display. A second listener tells when the
burst was there; what it needs for that, about 10 ms, is not taken off.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from museum import open_museum
from test_listening import LIMIT, latencies

if __name__ == "__main__":
    model = sys.argv[1] if len(sys.argv) > 1 else "house"
    bursts = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "museum").mkdir()
        with open_museum(Path(name) / "museum"):
            found, status, _, _ = latencies(Path(name), model, bursts)
    low, middle, high = (1000 * np.percentile(found, share) for share in (10, 50, 90))
    within = np.mean(np.asarray(found) <= LIMIT)
    print(f"{model}: {bursts} bursts, 10 % {low:.0f} ms, median {middle:.0f} ms, 90 % {high:.0f} ms")
    print(f"within {1000 * LIMIT:.0f} ms: {within:.0%}, {status['glimpses'] / status['seconds']:.0f} looks a second")

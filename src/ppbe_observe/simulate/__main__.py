"""``python -m ppbe_observe.simulate``: the simulated estate alone, for benchmarks and other clients."""

import argparse
import sys

from ppbe_observe.simulate.options import Options
from ppbe_observe.simulate.server import SimulatedEstate


def main() -> None:
    """Serve until interrupted; the first line of output is the URL."""
    parser = argparse.ArgumentParser(prog="python -m ppbe_observe.simulate", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4566)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--series", type=int, default=0, help="metrics beyond the estate's own, in PPBE/Load")
    parser.add_argument("--load-balancers", type=int, default=0, help="load balancers beyond the estate's own")
    parser.add_argument("--limits", action="store_true", help="limit CloudWatch's calls per second as AWS does")
    parser.add_argument("--punctual", action="store_true", help="no late and no revised datapoints")
    given = parser.parse_args()
    options = Options(
        seed=given.seed,
        series=given.series,
        load_balancers=given.load_balancers,
        limits=given.limits,
        late=not given.punctual,
    )
    with SimulatedEstate(options, host=given.host, port=given.port) as estate:
        sys.stdout.write(f"{estate.url}\n")
        sys.stdout.flush()
        estate.wait()


if __name__ == "__main__":
    main()

"""An overloaded register with departures in SimPy, written apart: a witness and a rival."""

import numpy as np
import simpy


def mean_wait(seed: int, until: float = 400) -> float:
    """12 arrivals and 10 dwellings a year, a patience of 4 years; waits after the first fifth."""
    rng = np.random.default_rng(seed)
    env, waiting, waits = simpy.Environment(), list[list[float]](), list[float]()

    def candidate(one: list[float]):
        yield env.timeout(rng.exponential(4))
        if one in waiting:
            waiting.remove(one)

    def arrivals():
        while True:
            yield env.timeout(rng.exponential(1 / 12))
            one = [env.now]
            waiting.append(one)
            env.process(candidate(one))

    def vacancies():
        while True:
            yield env.timeout(rng.exponential(1 / 10))
            if waiting:
                since = waiting.pop(0)[0]
                if env.now > until / 5:
                    waits.append(env.now - since)

    env.process(arrivals())
    env.process(vacancies())
    env.run(until=until)
    return float(np.mean(waits))

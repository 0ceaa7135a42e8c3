"""
Named random streams: every draw belongs to a purpose and an entity, and to nothing else.

A draw is a pure function of (seed, purpose, entity, position). Adding households, asking in
another order or changing a policy leaves every other draw as it was, so two policies meet the
same people. The generator is Philox 4x64-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random
numbers: as easy as 1, 2, 3"): the purpose makes the key, the entity the counter.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Entities = npt.ArrayLike

# Multipliers and key increments of Philox 4x64, from the paper.
_MULTIPLIERS = (np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157))
_INCREMENTS = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_N_ROUNDS = 10
_WORDS_PER_BLOCK = 4
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@dataclass(frozen=True)
class Streams:
    """
    The random streams of one seed.

    ``seed`` is any text; ``streams(7)`` and ``streams("7")`` are the same.
    """

    seed: str

    def of(self, purpose: str, entity: int = 0, other: int = 0) -> np.random.Generator:
        """
        A generator of its own for one entity, or one pair, and one purpose.

        ``entity`` and ``other`` are counters from 0 to 2**64 - 1 (a household; a household and
        a dwelling). Its first draws of ``random()`` are those of ``uniforms``.
        """
        words = np.array([0, entity, other, 0], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=self._key(purpose), counter=words))

    def uniforms(
        self, purpose: str, entities: Entities, *, others: Entities = 0, width: int = 1
    ) -> Floats:
        """
        Uniform draws for many entities at once.

        Parameters
        ----------
        purpose
            Name of the decision drawn; one purpose, one decision.
        entities, others
            Counters; ``others`` is the second half of a pair and is broadcast.
        width
            Draws wanted for each entity.

        Returns
        -------
        numpy.ndarray
            Values in [0, 1), row i depending only on seed, purpose, entity i and other i.

        Shapes
        ------
        entities : (n,); others : scalar or (n,); result : (n,) for width 1, else (n, width)
        """
        first = np.asarray(entities, dtype=np.uint64)
        second = np.broadcast_to(np.asarray(others, dtype=np.uint64), first.shape)
        n_blocks = -(-width // _WORDS_PER_BLOCK)
        key = self._key(purpose)
        words = np.concatenate(
            [_philox(key, block, first, second) for block in range(1, n_blocks + 1)]
        )[:width]
        # The 53 high bits, as numpy does, so that one entity alone gives the same numbers.
        drawn = (words >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return np.ascontiguousarray(drawn.T) if width > 1 else drawn[0]

    def under(self, name: str) -> Streams:
        """Streams of a part: same purposes there never meet those of the whole."""
        return Streams(f"{self.seed}/{name}")

    def drawn(
        self, purpose: str, entity: int = 0, other: int = 0, *, width: int = 1
    ) -> tuple[float, ...]:
        """The same draws as ``of`` and ``uniforms``, for one entity and without a generator."""
        keys = tuple(int(word) for word in self._key(purpose))
        words: list[int] = []
        for block in range(1, -(-width // _WORDS_PER_BLOCK) + 1):
            words += _block(keys, block, entity, other)
        return tuple((word >> 11) * 2.0**-53 for word in words[:width])

    def _key(self, purpose: str) -> Words:
        return _key_of(self.seed, purpose)


@lru_cache(maxsize=4096)
def _key_of(seed: str, purpose: str) -> Words:
    text = f"passerelle/streams/1\n{seed}\n{purpose}"
    digest = hashlib.sha256(text.encode()).digest()[:16]
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def streams(seed: int | str) -> Streams:
    """The streams of a seed."""
    return Streams(str(seed))


def _philox(key: Words, block: int, first: Words, second: Words) -> Words:
    """One block of four words for every counter (block, first, second, 0); (4, n)."""
    a = np.full(first.shape, block, dtype=np.uint64)
    b, c, d = first, second, np.zeros_like(first)
    round_keys = [int(word) for word in key]
    for _ in range(_N_ROUNDS):
        high_a, low_a = _product(_MULTIPLIERS[0], a)
        high_c, low_c = _product(_MULTIPLIERS[1], c)
        a, b, c, d = (
            high_c ^ b ^ np.uint64(round_keys[0]),
            low_c,
            high_a ^ d ^ np.uint64(round_keys[1]),
            low_a,
        )
        round_keys = [(k + step) % 2**64 for k, step in zip(round_keys, _INCREMENTS, strict=True)]
    return np.stack([a, b, c, d])


def _block(keys: tuple[int, ...], block: int, first: int, second: int) -> tuple[int, ...]:
    """One block of four words for one counter, in whole numbers of Python."""
    low_word = 2**64 - 1
    m_a, m_c = (int(m) for m in _MULTIPLIERS)
    a, b, c, d = block, first, second, 0
    k_a, k_c = keys
    for _ in range(_N_ROUNDS):
        p_a, p_c = m_a * a, m_c * c
        a, b, c, d = p_c >> 64 ^ b ^ k_a, p_c & low_word, p_a >> 64 ^ d ^ k_c, p_a & low_word
        k_a, k_c = k_a + _INCREMENTS[0] & low_word, k_c + _INCREMENTS[1] & low_word
    return a, b, c, d


def _product(multiplier: np.uint64, values: Words) -> tuple[Words, Words]:
    """High and low words of the 128-bit products, by halves (numpy has no wider integer)."""
    m_low, m_high = multiplier & _LOW, multiplier >> _HALF
    v_low, v_high = values & _LOW, values >> _HALF
    low_low = m_low * v_low
    middle = m_high * v_low + (low_low >> _HALF)
    cross = m_low * v_high + (middle & _LOW)
    high: Words = m_high * v_high + (middle >> _HALF) + (cross >> _HALF)
    return high, multiplier * values

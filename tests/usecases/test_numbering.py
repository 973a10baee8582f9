"""Many workers take numbers of one series: those who meet part, and every number is taken once."""

from __future__ import annotations

import heapq
import random

import pytest

from billing.usecases import numbering

WORKERS, BATCHES = 50, 40
READ_S, WRITE_S = 0.008, 0.012  # of a batch of ten documents: reading them and their counter, and the transaction


def _given_up(seed: int, pauses: bool) -> int:
    """Return how many of 2 000 batches run out of attempts at a counter that takes one of its simultaneous readers."""
    chance, version, given_up = random.Random(seed), 0, 0
    random.seed(seed)
    events = [(chance.random() * 0.3, worker, 0, 0, -1) for worker in range(WORKERS)]
    heapq.heapify(events)
    while events:
        at, worker, done, attempt, read = heapq.heappop(events)
        if read < 0:
            heapq.heappush(events, (at + READ_S + WRITE_S * chance.uniform(0.5, 1.5), worker, done, attempt, version))
            continue
        if read == version:
            version, done, attempt, at = version + 1, done + 1, 0, at + chance.uniform(1.5, 3.0)  # it draws and files
        else:
            at += numbering.pause(attempt) if pauses else 0.0
            attempt += 1
            if attempt == numbering.ATTEMPTS_MAX:
                given_up, done, attempt, at = given_up + 1, done + 1, 0, at + 360
        if done < BATCHES:
            heapq.heappush(events, (at, worker, done, attempt, -1))
    return given_up


def test_workers_that_wait_by_chance_give_up_far_less_often():
    without, with_pauses = _given_up(7, pauses=False), _given_up(7, pauses=True)

    assert without >= 10
    assert with_pauses <= without / 5


def test_a_pause_is_by_chance_and_grows_and_all_of_them_fit_a_function(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(numbering.random, "uniform", lambda least, most: most)

    longest = [round(numbering.pause(n), 2) for n in range(numbering.ATTEMPTS_MAX - 1)]

    assert longest == [0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28]

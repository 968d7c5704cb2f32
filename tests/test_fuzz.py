"""Random bytes in all hands do no harm: ten thousand of each here, ten times as many in tests/bench/bench_fuzz.py."""

import fuzz
import pytest

from installation.body import body

pytestmark = pytest.mark.alone


def test_random_midi_does_no_harm():
    fuzz.midi(10_000)


def test_random_osc_does_no_harm():
    fuzz.osc(10_000)


def test_random_messages_of_pages_leave_the_house_in_order():
    fuzz.wishes(body("house"), 10_000)

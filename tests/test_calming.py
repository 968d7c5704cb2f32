"""The smallest calm with which no field flashes, on light that is made up."""

from dataclasses import replace

import numpy as np

from installation.guard.calming import Loop, forecast
from installation.guard.flash import Fields
from installation.guard.forecast import Parts, Scene
from installation.render.calm import slow

COLUMNS, SECONDS = 96, 4.0
REGIONS = 8  # four fields each, side by side
FIELDS = Fields(10.0, 10.0, 2 * REGIONS, 2)


def strobes(lit):
    """A loop in which layers strobe five times a second: `lit` has (layer, region, phase 0 or 1, how bright)."""
    times = np.arange(COLUMNS + COLUMNS // 4) * SECONDS / COLUMNS
    finer = FIELDS.finer()
    columns = np.arange(finer.count) % finer.columns
    layers, fields, light = [], [], []
    for layer, region, phase, bright in lit:
        for field in np.flatnonzero(columns // 4 == region):
            on = (np.floor(10 * times) + phase) % 2
            layers.append(layer)
            fields.append(field)
            light.append(np.stack([bright * on] * 4 + [0 * on], axis=1))
    around = Scene(
        np.zeros((finer.count, len(times), 3), np.float32), np.zeros(len(times), np.float32), np.ones(len(times))
    )
    given = Parts(np.array(layers, np.int32), np.array(fields, np.int32), np.array(light, np.float32))
    return Loop(given, around, SECONDS, COLUMNS, None, slow(COLUMNS, SECONDS))


def test_only_the_layer_that_flashes_is_held():
    told = forecast(strobes([(0, 1, 0, 0.5), (1, 5, 0, 0.02)]), FIELDS)
    assert told.unsafe > 0 == told.left
    assert list(told.calm) == [0]
    assert 0.9 < told.kept < 1.2  # an even light of the same mean is bent less by the film


def test_a_flash_that_another_had_hidden_is_calmed_too_however_long_the_row():
    """Each layer lights two regions, its neighbours against it: whoever is held uncovers the next."""
    lit = [(layer, region, layer, 0.5) for layer in range(REGIONS) for region in (layer, layer + 1)]
    told = forecast(strobes([one for one in lit if one[1] < REGIONS]), FIELDS)
    assert 0 < told.unsafe < 4 * REGIONS  # the first regions only
    assert told.left == 0


def test_what_no_layer_does_holds_no_layer_elsewhere():
    """A mist that strobes on its own in region 1, beside a layer that is even in region 5."""
    loop = strobes([(0, 5, 0, 0.02)])
    mist = loop.around.mist.copy()
    finer = FIELDS.finer()
    times = np.arange(mist.shape[1]) * SECONDS / COLUMNS
    there = np.arange(finer.count) % finer.columns // 4 == 1
    mist[there] = (0.5 * (np.floor(10 * times) % 2))[None, :, None]
    told = forecast(replace(loop, around=loop.around._replace(mist=mist)), FIELDS)
    assert told.unsafe > 0
    assert told.left == told.unsafe
    assert not told.calm
    assert told.kept == 1


def test_where_nothing_is_seen_nothing_flashes():
    full = strobes([(0, 1, 0, 0.5)])
    nothing = Parts(np.zeros(0, np.int32), np.zeros(0, np.int32), full.given.light[:0])
    told = forecast(replace(full, given=nothing), FIELDS)
    assert told.unsafe == told.left == 0
    assert not told.brightness.any()

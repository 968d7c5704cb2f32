"""Probes find what is there, find nothing where nothing is, and say how sure they are."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from installation.errors import ContentError
from installation.listen.anatomy import read
from installation.listen.augment import FINE_RATE
from installation.listen.contrast import reach
from installation.listen.dataset import Recording
from installation.listen.evaluation import hear, pieces, probe, questions, untrained
from installation.listen.network import Network
from installation.listen.probes import UNKNOWN, Answers, beat_phase, classify, regress, spans
from installation.listen.school import examine
from installation.listen.taught import teach
from installation.listen.tracks import parts, taught, tell_tracks
from installation.listen.trial import interval, listen_test


def answers(count: int = 600, recordings: int = 12, features: int = 6, seed: int = 0) -> Answers:
    values = torch.randn(count, features, generator=torch.Generator().manual_seed(seed))
    return Answers(values, np.arange(count) % recordings)


def recording(seed: int, seconds: float = 40, **labels: object) -> Recording:
    """Clicks at 120 bpm on a chord that the seed decides."""
    random = np.random.default_rng(seed)
    frames = int(seconds * FINE_RATE)
    levels = random.integers(0, 40, (frames, 72))
    levels[:, seed % 12 * 4 + 10] = 200
    levels[::48] = 180
    return Recording(f"r{seed}", levels.astype(np.uint8), dict(labels))


def test_a_linear_truth_is_found_and_noise_is_not() -> None:
    fit, test = answers(seed=1), answers(seed=2)
    weights = torch.randn(6, 2, generator=torch.Generator().manual_seed(3))
    there = regress(fit, (fit.values @ weights).numpy(), test, (test.values @ weights).numpy())
    noise = np.random.default_rng(0).normal(size=(2, 600, 2))
    nothing = regress(fit, noise[0], test, noise[1])
    assert there.figure > 0.99
    assert there.low <= there.figure <= there.high
    assert nothing.figure < 0.05
    assert (there.recordings, there.moments) == (12, 600)


def test_moments_without_a_label_are_left_out() -> None:
    fit, test = answers(seed=1), answers(seed=2)
    wanted, truth = fit.values[:, :1].numpy().copy(), test.values[:, :1].numpy().copy()
    wanted[::2] = truth[::3] = np.nan
    assert regress(fit, wanted, test, truth).moments == 400
    with pytest.raises(ValueError, match="no moment"):
        regress(fit, np.full((600, 1), np.nan), test, truth)


def test_classes_are_told_and_chance_is_the_most_frequent_one() -> None:
    fit, test = answers(seed=1), answers(seed=2)
    wanted, truth = ((part.values[:, 0] > 0.5).long().numpy() + 3 for part in (fit, test))
    told = classify(fit, wanted, test, truth)
    assert told.figure > 0.97
    assert told.chance == pytest.approx((truth == 3).mean())
    random = np.random.default_rng(0)
    guessed = classify(fit, random.integers(0, 4, 600), test, random.integers(0, 4, 600))
    assert guessed.figure == pytest.approx(0.25, abs=0.06)  # three standard errors


def test_unknown_and_unheard_classes_are_not_asked() -> None:
    fit, test = answers(seed=1), answers(seed=2)
    wanted, truth = np.arange(600) % 3, np.arange(600) % 4
    wanted[:100] = truth[:100] = UNKNOWN
    told = classify(fit, wanted, test, truth)
    assert told.moments == int(np.isin(truth, [0, 1, 2]).sum())


def test_the_interval_counts_recordings_not_moments() -> None:
    same = np.repeat([0.0, 1.0], 50)
    assert interval(same) == pytest.approx((0.4, 0.5, 0.6), abs=0.03)


def test_labels_are_read_at_their_times() -> None:
    times = np.array([-1.0, 0.0, 5.0, 10.0, 99.0])
    assert spans([[0.0, 9, "minor"], [10.0, 4, "major"]], times) == [
        None, [9, "minor"], [9, "minor"], [4, "major"], [4, "major"]
    ]  # fmt: skip
    assert spans(120, times) == [[120]] * 5
    phase = beat_phase([0.0, 1.0, 3.0], np.array([0.25, 2.0, 3.5]))
    assert phase[:2].tolist() == [0.25, 0.5]
    assert np.isnan(phase[2])


def test_pieces_follow_one_another_and_times_are_those_of_the_newest_sound() -> None:
    plan = read("tiny")
    ears = reach(Network(plan), 72)
    cut = list(pieces(recording(0), ears, contexts=8))
    times = np.concatenate([when for _, when in cut])
    assert np.allclose(np.diff(times), ears.stride * ears.context_step * 2 / FINE_RATE)
    span = ears.before + ears.stride * (ears.encodings - 1)
    assert times[0] == pytest.approx(span * 2 / FINE_RATE)


def test_sound_after_its_time_does_not_change_an_answer() -> None:
    network = Network(read("tiny"))
    ears = reach(network, 72)
    one = recording(0)
    heard = hear(network, [one], ears)
    when = np.sort(heard.times)[40]
    levels = one.levels.copy()
    levels[int(when * FINE_RATE) + 1 :] = 0
    other = hear(network, [Recording("cut", levels)], ears)
    before = torch.from_numpy(heard.times <= when)
    torch.testing.assert_close(heard.ears["ear"].values[before], other.ears["ear"].values[before])


def semitones() -> Network:
    """The small network on pitches that are a quarter tone apart, as in the ears."""
    plan = read("tiny")
    return Network(plan.model_copy(update={"front_end": plan.front_end.model_copy(update={"bins_per_octave": 24})}))


def in_key(seed: int, root: int) -> Recording:
    """A loud root in the middle octave, its label and that of its key."""
    one = recording(seed, chords=[[0.0, root, "m"]], key=[[0.0, root, "minor"]])
    one.levels[:] = np.minimum(one.levels, 40)
    one.levels[:, 24 + 2 * root] = 200
    return one


def test_a_probe_asks_what_the_labels_know_of_every_listener() -> None:
    def labelled(seed: int) -> Recording:
        one = in_key(seed, seed % 12)
        one.labels.update(beats=[n / 2 for n in range(80)], bpm=[[0.0, 110.0 + seed % 12]])
        return one

    network = semitones()
    fit, test = [labelled(n) for n in range(24)], [labelled(n) for n in range(24, 30)]
    results = probe(fit, test, {"ear": network, "untrained": untrained(network)})
    assert set(results) == {"beat phase", "bpm", "chord root", "key"}
    for listeners in results.values():
        assert set(listeners) == {"ear", "untrained", "mean", "mean and spread"}
    assert results["chord root"]["mean"]["figure"] > 0.9  # the chord is one loud pitch
    assert results["beat phase"]["ear"]["moments"] == results["beat phase"]["mean"]["moments"]


def test_probes_are_fitted_in_all_keys() -> None:
    """Roots that no recording of the fit has are told, because each was heard moved, its label with it."""
    fit, test = [in_key(n, 5 + n % 2) for n in range(24)], [in_key(n, n % 12) for n in range(24, 36)]
    told = probe(fit, test, {"ear": semitones()})
    assert told["chord root"]["mean"]["figure"] > 0.9
    assert told["key"]["mean"]["figure"] > 0.9


def test_music_is_moved_only_where_keys_are_asked_for() -> None:
    network = semitones()
    ears, one = reach(network, 72), in_key(0, 5)
    as_it_is, moved = hear(network, [one], ears), hear(network, [one], ears, keys=torch.Generator().manual_seed(0))
    assert not as_it_is.raised.any()
    assert len(np.unique(moved.raised)) > 1
    loudest = moved.ears["mean"].values.argmax(1).numpy()
    np.testing.assert_array_equal(loudest, 24 + 2 * (5 + moved.raised))


def test_a_network_that_is_taught_the_answers_knows_what_its_untrained_self_does_not() -> None:
    fit, test = ([recording(n, beats=[k / 2 for k in range(80)]) for n in range(*span)] for span in ((24,), (24, 32)))
    network = Network(read("tiny"))
    learnt = teach(untrained(network), fit, questions([*fit, *test]), steps=40)
    told = probe(fit, test, {"untrained": network.eval(), "supervised": learnt})["beat phase"]
    assert told["supervised"]["figure"] > told["untrained"]["figure"] + 0.2
    with pytest.raises(ValueError, match="no question has an answer"):
        teach(untrained(network), [recording(0)], questions([recording(0)]), steps=1)
    with pytest.raises(ValueError, match="shorter"):
        teach(untrained(network), [recording(0, seconds=1)], questions(fit), steps=1)


def test_an_examination_teaches_where_there_are_answers() -> None:
    network = Network(read("tiny")).eval()
    beats = [recording(n, beats=[k / 2 for k in range(80)]) for n in range(4)]
    told = examine(network, beats[:2], beats[2:], lessons=1, frames=160)["probes"]
    assert set(told["beat phase"]) == {"ear", "untrained", "mean", "mean and spread", "supervised"}
    assert "supervised" not in examine(network, beats[:2], beats[2:], lessons=0, frames=160)["probes"]["beat phase"]
    unlabelled = [recording(n) for n in range(2)]
    assert examine(network, unlabelled, unlabelled, lessons=1, frames=160)["probes"] == {}


def test_composers_are_asked_where_they_are_known() -> None:
    fit = [recording(n, composer="AB"[n % 2]) for n in range(8)]
    results = probe(fit, [recording(n, composer="AB"[n % 2]) for n in range(8, 12)], {"ear": Network(read("tiny"))})
    assert "composer" in results
    assert "chord root" not in results


def test_tracks_are_told_in_disguise_from_parts_that_do_not_touch() -> None:
    tracks = [recording(n, 60) for n in range(4)]
    fit, test = parts(tracks)
    assert (len(fit[0].levels), len(test[0].levels)) == (int(0.6 * 5760), 5760 - int(0.7 * 5760))
    told = tell_tracks(tracks, {"ear": Network(read("tiny"))})
    assert told["mean"]["figure"] > 0.5
    assert told["mean"]["moments"] == told["ear"]["moments"]
    taught_them = tell_tracks(tracks, {"supervised": taught(tracks, Network(read("tiny")), steps=60)})["supervised"]
    assert taught_them["figure"] > told["ear"]["figure"] + 0.2


def test_a_listening_test_needs_two_recordings() -> None:
    network = Network(read("tiny"))
    ears = reach(network, 72)
    with pytest.raises(ContentError, match="here are 1"):
        listen_test(network, [recording(0)], ears, 160, ears.first)


def test_an_ear_that_knows_nothing_scores_chance_whoever_asks() -> None:
    network = Network(read("tiny"))
    with torch.no_grad():
        network.predictor.weight.zero_()
    ears = reach(network, 72)
    trial = listen_test(network, [recording(n) for n in range(4)], ears, 160, ears.first)
    assert trial.right.max() == 0  # ties are no answers
    assert trial.summary()["loss"] == pytest.approx(np.log(trial.candidates), abs=1e-4)

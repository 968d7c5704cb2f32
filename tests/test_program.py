"""What a show may be told to do: wait, be called, follow the hour, begin and end, and lay one thing over another."""

import random
from datetime import datetime
from itertools import pairwise

import numpy as np
import pytest
from night import load, scene

from installation.control.parameters import defaults
from installation.entrance import Entrance
from installation.errors import ContentError
from installation.stage import Prompter
from installation.target import write

HANDS = defaults()
TWO = '[[scene]]\nname = "one"\nloops = 12\n[[scene]]\nname = "two"\nloops = 12\n'


def glows(show, entrances, loops):
    return [show.at(4.0 * at, HANDS, entrances).look.glow for at in loops]


# cues


def test_go_brings_in_the_next_scene_with_the_next_loop(two):
    prompter = Prompter(show := load())
    prompter.ask("go")
    prompter.step(2)
    assert prompter.entrances == [Entrance(0), Entrance(3, 1, 6, 4)]
    assert prompter.at(2.99, HANDS).look.glow == 1.0
    assert prompter.at(5.0, HANDS).look.glow == pytest.approx(1.5)  # half of its four loops of cross-fade
    assert write(prompter.at(5.0, HANDS).target) == "0.5 ar0 + 0.5 ar1"
    after = prompter.at(7.0, HANDS)
    assert (after.look.glow, after.scene, write(after.target)) == (2.0, "two", "ar1")
    assert show.at(7.0 * 4, HANDS).scene == "one"  # by itself it would not have come yet


def test_goes_before_the_seam_add_up(two):
    two(three_py=scene("Three", "ar2", "3.0"), night_toml=TWO + '[[scene]]\nname = "three"\n')
    prompter = Prompter(load())
    prompter.ask("go")
    prompter.ask("go")
    prompter.step(0)
    assert prompter.at(8.0, HANDS).scene == "three"
    assert len(prompter.entrances) == 2


def test_a_scene_comes_when_its_name_its_cue_or_its_number_is_called(two):
    two(
        night_toml=TWO + '[[scene]]\nname = "one"\ncue = "finale"\n[wander]\nscenes = ["three"]\n',
        three_py=scene("Three"),
    )
    show = load()
    assert show.course.cues == ["go", "one", "two", "finale", "three"]
    begin = [show.course.begin()]
    for cue, number in {"two": 1, "finale": 2, "3": 2, "one": 0}.items():
        assert show.course.call(cue, 5, begin).turn == number
    wandering = show.course.call("three", 5, begin)
    assert show.at(4.0 * 9, HANDS, [*begin, wandering]).scene == "three"
    with pytest.raises(ContentError, match=r"the show 'night' has no cue 'finali'. Did you mean 'finale'\?"):
        show.course.call("finali", 5, begin)


def test_a_cue_that_nobody_has_is_told_and_changes_nothing(two, caplog):
    prompter = Prompter(load())
    prompter.ask("overture")
    assert "has no cue 'overture'" in prompter.step(3)
    assert len(prompter.entrances) == 1


def test_a_cue_in_the_midst_of_another_never_makes_the_picture_jump(two):
    two(three_py=scene("Three", "ar2", "3.0"), night_toml=TWO + '[[scene]]\nname = "three"\n')
    prompter, looks, dice = Prompter(load()), [], random.Random(3)
    for step in range(60 * 20):
        loop = step // 20
        if step % 20 == 5 and loop < 50:
            prompter.ask(dice.choice(["go", "one", "two", "three"]))
        prompter.step(loop)
        looks.append(prompter.at(step / 20, HANDS).look.glow)
    steps = np.abs(np.diff(looks))
    assert steps.max() < 0.06
    assert len(prompter.entrances) < 8  # what is seen no more is forgotten


def test_any_moment_of_a_called_performance_can_be_asked_in_any_order(two):
    show = load()
    begin = [show.course.begin()]
    begin.append(show.course.call("go", 3, begin))
    begin.append(show.course.call("one", 5, begin))
    times = [0.37 * n for n in range(80)]
    straight = [show.at(t, HANDS, begin) for t in times]
    again = load()
    for n in random.Random(1).sample(range(80), 80):
        assert again.at(times[n], HANDS, begin) == straight[n]


# waiting, leaders and ends


def test_a_scene_that_waits_is_held_back_until_somebody_says_go(two):
    two(night_toml=TWO.replace('name = "two"', 'name = "two"\nwait = true'), one_py=scene("One", glow="1 + t / 40"))
    show = load()
    prompter = Prompter(show)
    assert prompter.at(12.0, HANDS).look.glow == prompter.at(4000.0, HANDS).look.glow == 2.0  # its last picture
    assert not prompter.stands(11.9).waits
    assert prompter.stands(12.0).waits
    prompter.ask("go")
    prompter.step(50)
    assert prompter.at(50.9, HANDS).scene == "one"
    assert prompter.at(53.0, HANDS).look.glow == pytest.approx(2.0)
    assert prompter.at(55.0, HANDS).scene == "two"
    assert prompter.at(63.0, HANDS).scene in ("one", "two")  # and goes on by itself


def test_a_show_may_begin_with_a_go_and_a_leader_that_counts_down(two):
    two(night_toml='[leader]\nkind = "count-down"\nloops = 3\n' + TWO.replace('"one"\n', '"one"\nwait = true\n', 1))
    prompter = Prompter(show := load())
    dark = prompter.at(100.0, HANDS).look
    assert (dark.fade, dark.titles) == (0.0, ())
    assert show.resting(prompter.stands(100.0))["sound.volume"] == -60.0
    prompter.ask("go")
    prompter.step(100)
    looks = [prompter.at(101 + at, HANDS).look for at in (0.5, 1.5, 2.5, 3.0, 5.0, 7.0)]
    assert [look.titles[0].text for look in looks[:3]] == ["3", "2", "1"]
    assert max(2.0**look.exposure for look in looks[:3]) < 1e-6  # nothing but the number is seen
    assert [look.fade for look in looks[3:]] == [0.0, 0.5, 1.0]
    assert not looks[3].titles
    assert show.resting(prompter.stands(107))["sound.volume"] == 0.0


def test_a_black_leader_comes_before_the_first_scene(two):
    two(night_toml="[leader]\nloops = 2\n" + TWO)
    show = load()
    assert [show.at(4.0 * at, HANDS).look.fade for at in (0.0, 1.9, 2.0, 4.0, 6.0)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert show.seconds == 4.0 * (2 + 12 + 12 - 4)


def test_a_show_may_hold_its_last_picture(two):
    two(night_toml='after = "hold"\n[[scene]]\nname = "one"\n', one_py=scene("One", glow="1 + t / 40"))
    show = load()
    assert show.at(40.0, HANDS) == show.at(4000.0, HANDS)
    assert show.at(4000.0, HANDS).look.glow == 2.0


def test_a_go_in_the_last_scene_ends_a_show_that_ends_in_black_and_the_sound_goes_too(two):
    two(night_toml='after = "black"\n' + TWO)
    prompter = Prompter(show := load())
    prompter.ask("two")
    prompter.step(0)
    prompter.ask("go")
    prompter.step(2)
    assert [prompter.at(at, HANDS).look.fade for at in (2.9, 5.0, 7.0, 1000.0)] == [1.0, 0.5, 0.0, 0.0]
    assert show.resting(prompter.stands(7.0))["sound.volume"] == -60.0


def test_a_show_that_loops_may_wait_at_its_beginning_each_time(two):
    two(night_toml='after = "loop"\n' + TWO.replace('"one"\n', '"one"\nwait = true\n', 1))
    prompter = Prompter(load())
    for loop in (0, 40):
        assert prompter.stands(loop + 0.5).waits
        prompter.ask("go")
        prompter.step(loop)
        assert prompter.at(loop + 6.0, HANDS).scene == "one"
        assert prompter.at(loop + 18.0, HANDS).scene == "two"


# parts of the day

DAYS = (
    TWO
    + '[wander]\npalettes = ["ember"]\n'
    + '[[day]]\nname = "morning"\nfrom = "08:00"\nuntil = "12:00"\nscenes = ["two"]\npalettes = ["moon"]\n'
    + 'after = "hold"\n[day.controls]\n"stage.exposure" = -0.5\n'
    + '[[day]]\nname = "night"\nfrom = "22:00"\nuntil = "02:00"\ndays = ["fri"]\n'
    + '[day.wander]\nscenes = ["two"]\nlayers = ["ar8"]\n'
)


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2026-11-23 07:59", ""),
        ("2026-11-23 08:00", "morning"),
        ("2026-11-23 11:59", "morning"),
        ("2026-11-23 12:00", ""),
        ("2026-11-27 22:00", "night"),  # a Friday
        ("2026-11-28 01:59", "night"),
        ("2026-11-28 02:00", ""),
        ("2026-11-26 23:00", ""),
    ],
)
def test_the_hour_and_the_weekday_say_which_part_of_the_day_plays(two, when, day):
    two(night_toml=DAYS)
    assert load().program.day(datetime.fromisoformat(when)) == day


def test_a_part_that_begins_on_sunday_night_lasts_into_monday(two):
    two(night_toml=DAYS.replace('"fri"', '"sun"'))
    assert load().program.day(datetime(2026, 11, 23, 1, 30)) == "night"


def test_when_the_hour_comes_its_part_of_the_day_comes_in_with_the_next_loop(two):
    two(night_toml=DAYS)
    prompter = Prompter(show := load(), datetime(2026, 11, 23, 7, 59))
    prompter.step(5, datetime(2026, 11, 23, 8, 0))
    assert prompter.entrances[-1] == Entrance(6, 0, 0, 4, "morning")
    after = prompter.at(10.0, HANDS)
    assert after.scene == prompter.at(5000.0, HANDS).scene == "two"  # its own running order, and its own end
    assert after.look.deep != show.at(4.0 * 20, HANDS).look.deep
    assert show.resting(prompter.stands(10.0))["stage.exposure"] == -0.5
    prompter.step(20, datetime(2026, 11, 23, 12, 0))
    assert prompter.at(25.0, HANDS).scene == "one"
    assert show.resting(prompter.stands(25.0))["stage.exposure"] == 0.0
    prompter.step(30, datetime(2026, 11, 23, 12, 1))
    assert len(prompter.entrances) <= 3


def test_a_show_that_begins_within_a_part_of_the_day_begins_with_it(two):
    two(night_toml=DAYS)
    prompter = Prompter(load(), datetime(2026, 11, 27, 23, 0))
    assert prompter.entrances == [Entrance(0, day="night")]
    far = {
        (moment.scene, moment.target.regions[0].layer) for moment in (prompter.at(30.0 * n, HANDS) for n in range(2, 9))
    }
    assert far == {("two", "ar8")}


def test_a_part_of_the_day_can_be_called_and_stays_until_the_hour_changes(two):
    two(night_toml=DAYS)
    prompter = Prompter(load(), noon := datetime(2026, 11, 23, 13, 0))
    prompter.ask("night")
    prompter.step(3, noon)
    prompter.step(4, noon)
    assert prompter.stands(9).day == "night"
    prompter.step(9, datetime(2026, 11, 24, 8, 0))
    assert prompter.stands(10).day == "morning"


# layers


def test_a_second_scene_lies_over_the_first_with_its_share(two):
    over = '[[scene]]\nname = "one"\n[[scene.over]]\nscene = "two"\nshare = 0.25\n'
    two(night_toml=over)
    show = load()
    assert show.at(8.0, HANDS).look.glow == 1.25
    assert show.at(8.0, HANDS).scene == "one"
    assert write(show.at(8.0, HANDS).target) == "ar0"  # what is dreamt is the base's
    two(night_toml=over + 'numbers = ["haze"]\n')
    assert load().at(8.0, HANDS).look.glow == 1.0


def test_an_accent_swells_on_its_beat_and_goes_again(two):
    two(night_toml='[[scene]]\nname = "one"\n[[scene.accent]]\nbeats = [3, 7]\nadd = { glow = 0.4 }\ndecay = 2.0\n')
    show = load()
    beat = [show.at(12.0 + 0.5 * at, HANDS).look.glow for at in (0, 1.75, 2, 3, 4, 5.75, 6, 7.99)]
    assert beat == pytest.approx([1.0, 1.0, 1.4, 1.2, 1.0, 1.0, 1.4, 1.0], abs=1e-3)
    fine = np.array([show.at(12.0 + n / 60, HANDS).look.glow for n in range(240)])
    assert np.abs(np.diff(fine)).max() < 0.4 / 3  # at 60 pictures a second it never jumps


def test_nothing_that_is_laid_over_can_break_a_look(two):
    two(
        night_toml='[[scene]]\nname = "one"\n[[scene.accent]]\nbeats = [1]\nadd = { glow = -4, formed = 3, fade = 2 }\n'
    )
    looks = [load().at(n / 20, HANDS).look for n in range(80)]
    assert all(look.glow >= 0 and look.formed <= 1 and look.fade <= 1 for look in looks)


def test_the_lines_of_inner_tables_are_found(tmp_path):
    from installation.stage.lines import Lines

    text = 'a = 1\n[[s]]\nb = 1\n[[s.o]]\nc = 1\n[[s.o]]\nc = 2\n[[s]]\n[s.w]\n"x.y" = 3 # [z]\n[c]\nd.e = 1\n'
    lines = Lines(tmp_path / "t.toml", text)
    places = [("a",), ("s", 0, "b"), ("s", 0, "o", 1, "c"), ("s", 1, "w", "x.y"), ("c", "d", "e"), ("s", 1, "gone")]
    told = [str(lines.fault("x", *place)).split(":")[1] for place in places]
    assert told == ["1", "3", "7", "10", "12", "8"]


def test_the_default_show_still_plays_by_itself():
    show = load("immersions")
    assert show.course.begin() == Entrance(0)
    assert all(a.scene for a, _ in pairwise(show.at(40.0 * n, HANDS) for n in range(10)))

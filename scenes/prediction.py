"""The prediction: what the ear awaits. First it is dreamt to be right, then to be wrong, then to be right again."""

from installation.stage import (
    PALETTES,
    Aims,
    Controls,
    Curve,
    Look,
    Place,
    Scene,
    coloured,
    glide,
    journey,
    sway,
    toward,
)


class Prediction(Scene):
    seconds = 88.0

    aims = Aims((0, "prediction + 0.3 ar6"), (34, "0.4 ar6 - prediction"), (62, "prediction + 0.3 ar6"), fade=10.0)

    near = Curve((2, 0.0), (30, 1.0), (58, 1.0), (84, 0.0))  # 0 the whole body, 1 where past and future meet
    haze = Curve((0, 0.3), (40, 0.2), (88, 0.34))
    foresight = Curve((0, 0.25), (22, 1.0), (66, 1.0), (88, 0.25))

    def look(self, t: float, controls: Controls) -> Look:
        turns, lift = sway(t, seconds=self.loop * 12, width=0.03, height=0.02)
        met, told = self.places["block7.conv2"], self.places["ar"]
        between = Place(journey(0.4, (0.0, met), (1.0, told)).centre, 0.62 * told.radius)
        far = toward(self.places["body"], 1.12, 0.06 + turns, 0.07 + lift, upward=-0.6)
        close = toward(between, 0.8, turns - 0.08, lift + 0.10, upward=-0.6)
        camera = glide(far, close, self.near(t))
        look = Look(camera, rest=0.02, haze=self.haze(t), pulses=1.8, foresight=self.foresight(t), bloom=0.22)
        return coloured(look, PALETTES["dawn"])

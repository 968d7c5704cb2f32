"""The prediction: what the ear awaits. First it is dreamt to be right, then to be wrong, then to be right again."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Scene, coloured, glide, sway, toward


class Prediction(Scene):
    seconds = 88.0

    aims = Aims((0, "prediction + 0.3 ar6"), (34, "0.4 ar6 - prediction"), (62, "prediction + 0.3 ar6"), fade=10.0)

    away = Curve((0, 0.0), (30, 1.0), (56, 1.0), (84, 0.0))  # 0 from the end back over the whole body, 1 at the end
    haze = Curve((0, 0.3), (40, 0.2), (88, 0.34))

    def look(self, t: float, controls: Controls) -> Look:
        turns, lift = sway(t, seconds=self.loop * 12, width=0.03, height=0.02)
        far = toward(self.places["body"], 1.12, 0.06 + turns, 0.07 + lift, upward=-0.6)
        close = toward(self.places["ar"], 0.58, turns - 0.08, lift + 0.10, upward=-0.6)
        look = Look(glide(far, close, self.away(t)), rest=0.02, haze=self.haze(t), pulses=1.8, bloom=0.22)
        return coloured(look, PALETTES["dawn"])

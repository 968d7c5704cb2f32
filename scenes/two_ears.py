"""Two ears: both hear the same loop, and it is dreamt so that one delights in it while the other is left cold."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Scene, coloured, glide, sway, toward


class TwoEars(Scene):
    seconds = 128.0

    aims = Aims(
        (0, "left:block4.conv1[channels 0.2..0.35] + right:block4.conv1[channels 0.2..0.35]"),
        (28, "left:ar5[channels 0.2..0.3] - 0.6 right:ar5[channels 0.2..0.3]"),
        (68, "right:ar5[channels 0.2..0.3] - 0.6 left:ar5[channels 0.2..0.3]"),
        (104, "left:ar8[channels 0.4..0.5] + right:ar8[channels 0.4..0.5]"),
        fade=12.0,
    )

    near = Curve((20, 0.0), (46, 1.0), (58, 1.0), (70, 0.25), (84, 1.0), (98, 1.0), (122, 0.0))  # 0 sees both
    fill = Curve((0, 1.5), (64, 1.7), (128, 1.45))
    turn = Curve((0, 0.0), (46, -0.055), (58, -0.045), (84, 0.055), (98, 0.045), (128, 0.0))  # past the other one

    def look(self, t: float, controls: Controls) -> Look:
        turns, lift = sway(t, seconds=self.loop * 14, width=0.02, height=0.025)
        both = toward(self.places["body"], self.fill(t), turns + self.turn(t), lift)
        one = self.places["left:body" if t < 70 else "right:body"]
        camera = glide(both, toward(one, 1.05, turns + self.turn(t), lift + 0.02), self.near(t))
        return coloured(Look(camera, rest=0.03, haze=0.34, pulses=1.6, bloom=0.2), PALETTES["dawn"])

"""Listening: the whole body, seen from afar, breathing with the music, and around it the music as the ear hears it."""

from installation.stage import PALETTES, Aims, Controls, Curve, Look, Scene, coloured, sway, toward, wave


class Listening(Scene):
    seconds = 96.0

    aims = Aims(
        (0, "block1.conv2[channels 0.2..0.35]"),
        (32, "block4.conv1[channels 0.4..0.5, pitch 0.0..0.5]"),
        (64, "ar2[channels 0.1..0.2]"),
        fade=12.0,
    )

    fill = Curve((0, 0.82), (48, 0.98), (96, 0.84))
    ring = Curve((0, 1.0), (30, 1.6), (60, 1.0), (96, 1.4))
    haze = Curve((0, 0.36), (40, 0.50), (96, 0.38))

    def look(self, t: float, controls: Controls) -> Look:
        turns, lift = sway(t, seconds=self.loop * 16, width=0.045, height=0.03)
        breath = wave(t, self.loop * 4)  # in and out within four loops, far slower than any flash
        camera = toward(self.places["body"], self.fill(t) + 0.008 * breath, turns, lift)
        haze = self.haze(t) * (1.0 + 0.03 * breath)
        look = Look(camera, glow=1.0 + 0.03 * breath, haze=haze, ring=self.ring(t))
        return coloured(look, PALETTES["original"])

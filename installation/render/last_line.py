"""The last line before the screen: no field of a live picture makes a fourth transition of light within a second.

What the guard has foreseen never comes here. It is for what nobody could foresee: a loop that was late, a held one.
"""

from typing import NamedTuple

import moderngl

from installation.render import shaders
from installation.render.passes import Pass, give, surface

EXACT = "f4"  # light is remembered over many pictures
REMEMBERED = ("general", "reds", "before")


class Rule(NamedTuple):
    """What is held back.

    fields      columns and rows in which a picture is judged
    swing, dark, red_swing   what counts as a transition, of relative luminance and of saturated red
    """

    fields: tuple[int, int]
    swing: float
    dark: float
    red_swing: float


class LastLine:
    """Looks at every picture, and holds back in it what would flash. One for each row of pictures.

    A context that was lost is no end: it begins anew with the first picture of another one.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._drawing: _Drawing | None = None
        self._now: float | None = None  # when the newest picture was seen

    def limit(self, picture: moderngl.Texture, now: float) -> None:
        """Hold back what would flash in the picture that is seen at this second; next to no work if nothing would."""
        if self._drawing is None or self._drawing.gl is not picture.ctx:
            self._drawing, self._now = _Drawing(picture.ctx, self.rule), None
        elapsed = 0.0 if self._now is None else max(0.0, now - self._now)
        self._now = now
        self._drawing(picture, elapsed)

    @property
    def held(self) -> int:
        """In how many fields of the newest picture something was held back. Waits for the picture."""
        return 0 if self._drawing is None else self._drawing.held

    def release(self) -> None:
        """Give the memory back."""
        if self._drawing is not None:
            self._drawing.release()
            self._drawing = None


class _Drawing:
    """Programs and what is remembered, in one context."""

    def __init__(self, gl: moderngl.Context, rule: Rule) -> None:
        self.gl, self._fields = gl, (float(rule.fields[0]), float(rule.fields[1]))
        self._numbers = {"swing": rule.swing, "dark": rule.dark, "red_swing": rule.red_swing}
        self._measure = Pass(gl, "post/measure.frag", rule.fields, EXACT)
        self._limit = shaders.program(gl, "fullscreen.vert", "post/limit.frag")
        self._hold = shaders.program(gl, "post/hold.vert", "post/hold.frag")
        self._triangle = gl.vertex_array(self._limit, [])
        self._squares = gl.vertex_array(self._hold, [])
        self._states = [[surface(gl, rule.fields, EXACT) for _ in REMEMBERED] for _ in range(2)]
        self._targets = [gl.framebuffer(state) for state in self._states]
        for target in self._targets:
            target.clear()
        self._over: tuple[moderngl.Texture, moderngl.Framebuffer] | None = None

    def __call__(self, picture: moderngl.Texture, elapsed: float) -> None:
        measured = self._measure(picture=picture, fields=self._fields)
        state = dict(zip(REMEMBERED, self._states[0], strict=True))
        give(self._limit, measured=measured, elapsed=elapsed, **state, **self._numbers)
        self._targets[1].use()
        self.gl.disable(moderngl.BLEND)
        self._triangle.render(moderngl.TRIANGLES, vertices=3)
        self._states.reverse()
        self._targets.reverse()
        give(self._hold, measured=measured, shown=self._states[0][2], fields=self._fields)
        self._target(picture).use()
        self.gl.enable(moderngl.BLEND)
        self.gl.blend_func = moderngl.ONE, moderngl.SRC_ALPHA
        self._squares.render(moderngl.TRIANGLES, vertices=6 * int(self._fields[0] * self._fields[1]))

    def _target(self, picture: moderngl.Texture) -> moderngl.Framebuffer:
        """Where one draws over a picture; of the last one it is kept."""
        if self._over is None or self._over[0] is not picture:
            self._let_go()
            self._over = picture, self.gl.framebuffer(picture)
        return self._over[1]

    @property
    def held(self) -> int:
        shown = memoryview(self._states[0][2].read()).cast("f")
        return sum(shown[place] > 0.5 for place in range(3, len(shown), 4))

    def _let_go(self) -> None:
        self.gl.detect_framebuffer(0).use()  # or the driver would be asked for one that is gone
        if self._over is not None:
            self._over[1].release()
            self._over = None

    def release(self) -> None:
        self._let_go()
        for texture in (texture for state in self._states for texture in state):
            texture.release()
        for target in self._targets:
            target.release()
        for part in (self._measure, self._triangle, self._squares, self._limit, self._hold):
            part.release()

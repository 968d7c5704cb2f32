// ring: the loop's own scalogram, and where in it we are.
//
//   level, level_before   of this loop and of the one before, 0..1: along its time and its pitch
//   place                 in the loop, 0..1
//   strength              of the light
//
// Behind the play-head stands what has just been heard, before it what was heard there a loop ago. So nothing jumps
// at the seam: the head has written the whole round by then.

#include "lib/shade.glsl"

uniform sampler2D level;
uniform sampler2D level_before;
uniform float place;
uniform float strength;

in vec2 at;
flat in float shown;
out vec4 color;

const float BRIGHT = 1.5;    // of the loudest, just heard
const float KEPT = 0.2;      // of its light has what was heard long ago
const float FADES = 6.0;     // in a round
const float HEAD = 0.0009;   // of a round: half as wide is the play-head
const float QUIET = 0.2;     // of the level: less is dark

void main() {
    float behind = fract(place - at.x);
    float written = step(at.x, place);
    float heard = mix(texture(level_before, at).r, texture(level, at).r, written);
    float loud = max(heard - QUIET, 0.0) / (1.0 - QUIET);
    float light = loud * loud * loud * (KEPT + (1.0 - KEPT) * exp(-FADES * behind));
    float rim = smoothstep(0.0, 0.06, at.y) * (1.0 - at.y) * (1.0 - at.y);
    float apart = min(behind, 1.0 - behind) / HEAD;
    vec3 seen = shade(at.y) * BRIGHT * light * (1.0 + 2.0 * at.y) + mix(shade(0.5), vec3(1.0), 0.7) * exp(-apart * apart);
    color = vec4(shown * strength * rim * seen, 0.0);
}

// edge: a point of a connection, lit by what its neuron answered a moment ago; a silent one is dark.
//
//   room, next   where this point stands, and a breath later; still: without breath
//   depth        of the layers between which it lies, 0..1, origin: between their middles; strength of the connection
//   along        0 at the neuron that sends .. 1 at the one that hears it
//   unit         the neuron that sends
//   glow         light of the strongest connection, when its neuron fully answers
//   pulses       light that travels along it, when its neuron fully answers
//   travel       columns of the dream that a pulse takes from one end to the other

#include "lib/project.glsl"
#include "lib/now.glsl"
#include "lib/then.glsl"
#include "lib/shade.glsl"
#include "lib/forming.glsl"
#include "lib/breathing.glsl"
#include "lib/snap.glsl"

uniform vec2 size;  // pixels of all light
uniform float glow;
uniform float pulses;
uniform float travel;

in vec3 room;
in vec3 next;
in vec3 still;
in vec3 origin;
in float depth;
in float strength;
in float along;
in int unit;

out vec3 light;

const float SPARK = 12.0;  // times brighter than the thread itself is a pulse
const float SHORT = 0.12;  // of the way is as long as a pulse

const float DARK = 0.012;  // less than three steps of eight bits: nothing is seen

void main() {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    light = vec3(0.0);
    if (lately(unit, travel) < DARK) return;

    float scale;
    vec4 here = forming(breathing(room, next, still), origin, depth);
    gl_Position = snap(project(here.xyz, scale), size);
    float ago = along * travel;
    float answered = then(unit, ago);
    float risen = clamp(2.0 * (answered - then(unit, ago + SHORT * travel)), 0.0, 1.0);  // only what is new travels
    light = scale == 0.0 ? vec3(0.0) : strength * here.w * here.w * (shade(depth * 0.5) * glow * answered + shade(depth) * pulses * SPARK * risen);
}

// edge: a point of a connection, faint, and lit by what its neuron answered a moment ago.
//
//   room, next   where this point stands, and a breath later
//   depth        of the layers between which it lies, 0..1, origin: between their middles; strength of the connection
//   along        0 at the neuron that sends .. 1 at the one that hears it
//   unit         the neuron that sends
//   glow         light of the strongest connection
//   pulses       light that travels along it, when its neuron fully answers
//   travel       columns of the dream that a pulse takes from one end to the other

#include "lib/project.glsl"
#include "lib/now.glsl"
#include "lib/then.glsl"
#include "lib/shade.glsl"
#include "lib/forming.glsl"

uniform float glow;
uniform float pulses;
uniform float travel;
uniform float breath;

in vec3 room;
in vec3 next;
in vec3 origin;
in float depth;
in float strength;
in float along;
in int unit;

out vec3 light;

const float FAINT = 0.3;   // of its light keeps a thread whose neuron is silent
const float SPARK = 12.0;  // times brighter than the thread itself is a pulse
const float SHORT = 0.12;  // of the way is as long as a pulse

void main() {
    float scale;
    vec4 here = forming(mix(room, next, breath), origin, depth);
    gl_Position = project(here.xyz, scale);
    float ago = along * travel;
    float answered = then(unit, ago);
    float risen = clamp(2.0 * (answered - then(unit, ago + SHORT * travel)), 0.0, 1.0);  // only what is new travels
    light = scale == 0.0 ? vec3(0.0) : strength * here.w * here.w * (shade(depth * 0.5) * glow * (FAINT + answered) + shade(depth) * pulses * SPARK * risen);
}

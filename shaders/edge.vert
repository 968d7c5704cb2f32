// edge: one end of a connection, lit a little more where its neuron answers.
//
//   room, next   where the neuron at this end stands, and a breath later
//   depth, unit  of that neuron; strength of the connection
//   glow         light of the strongest connection, fully answering

#include "lib/project.glsl"
#include "lib/now.glsl"
#include "lib/shade.glsl"

uniform float glow;
uniform float breath;

in vec3 room;
in vec3 next;
in float depth;
in float strength;
in int unit;

out vec3 light;

void main() {
    float scale;
    gl_Position = project(mix(room, next, breath), scale);
    float answer = now(unit).x;
    light = shade(depth * 0.5) * strength * glow * (0.3 + answer);
}

// neuron: one point per neuron, as large and as bright as it answers.
//
//   room       where it stands, next: a breath later, still: without breath; depth 0..1 its layer, origin: that one's middle
//   face       radius of a neuron at rest, in the room
//   glow       light of a fully answering neuron; rest: of one that is silent
//   shine      colour of targeted neurons
//   hushed     first and last of those whose own light gives way to halos, and how much of it, 0..1

#include "lib/project.glsl"
#include "lib/now.glsl"
#include "lib/shade.glsl"
#include "lib/knee.glsl"
#include "lib/forming.glsl"
#include "lib/breathing.glsl"
#include "lib/spot.glsl"

uniform float face;
uniform float glow;
uniform float rest;
uniform vec3 shine;
uniform vec3 hushed;


in vec3 room;
in vec3 next;
in vec3 still;
in vec3 origin;
in float depth;

flat out vec3 light;
flat out vec2 centre;
flat out vec2 shape;  // radius and softness of the rim, pixels

const float BRIGHT = 18.0;   // light of a cell whose glow and answer are 1; what is above 1 goes towards white
const float STILL = 0.5;     // how much less of it a cell at rest has
const float MEANT = 5.0;     // times more of that has a targeted one
const float GROWTH = 0.9;    // of the radius, when fully answering
const float GATHERED = 1.3;  // how much of a cell's light stays while it is small, as a power of its size
const float SMALLEST = 0.04;
const float FAINTEST = 4e-4; // darker than half a step of eight bits: not drawn

void main() {
    vec2 state = now(spotted());
    float strength = BRIGHT * (STILL * rest * (1.0 + MEANT * state.y) + glow * state.x * state.x);
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = 1.0;
    light = vec3(0.0);
    centre = vec2(0.0);
    shape = vec2(1.0);
    float unit = float(spotted());
    strength *= 1.0 - hushed.z * step(hushed.x, unit) * step(unit, hushed.y);
    if (strength < FAINTEST) return;

    float scale;
    vec4 here = forming(breathing(room, next, still), origin, depth);
    vec4 clip = project(here.xyz, scale);
    scale *= here.w;
    strength *= pow(max(here.w, SMALLEST), -GATHERED);
    float grown = 1.0 + GROWTH * state.x;
    float radius = face * grown * scale;
    float drawn = max(radius, 0.8);
    float soft = min(drawn, max(0.8, 0.22 * radius));
    float thin = radius / (drawn * grown);
    strength *= thin * thin;
    if (scale == 0.0 || strength < FAINTEST) return;

    vec3 colour = mix(shade(depth), shine * 1.4, 0.85 * state.y);
    light = knee(colour * strength);
    shape = vec2(drawn, soft);
    vec2 place = clip.xy / clip.w;
    centre = (0.5 + 0.5 * place) * size;
    gl_Position = spot(place, drawn + soft);
}

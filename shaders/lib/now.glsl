// now: a neuron's light at this moment, across the seam between two loops.
//
//   vec2 now(int unit)
//
//   unit      the neuron's number in the anatomy
//   returns   its answer 0..1, and how much of a target it is 0..1
//
// How light goes on across the seam is in `dream` already; only the targets change places here.

#include "lib/answer.glsl"
#include "lib/meant.glsl"

uniform sampler2D dream;      // this loop's light, or that of its beginning
uniform sampler2D before;     // the light of the loop before
uniform vec3 moment;          // rows in `dream`
uniform vec2 meanings;        // rows of the targets in both
uniform float turned;         // 0..1 from the old target to the new one

vec2 now(int unit) {
    float wanted = mix(meant(before, unit, meanings.y), meant(dream, unit, meanings.x), turned);
    return vec2(answer(dream, unit, moment), wanted);
}

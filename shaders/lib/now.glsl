// now: a neuron's light at this moment, across the seam between two loops.
//
//   vec2 now(int unit)
//
//   unit      the neuron's number in the anatomy
//   returns   its answer 0..1, and how much of a target it is 0..1
//
// At the seam the old loop's light falls while the new one's rises; the stronger of both is seen,
// so nothing jumps and a first beat is not dulled. A loop that runs once or never, because
// drivers without a graphics card work through both sides of an `if`.

#include "lib/answer.glsl"
#include "lib/meant.glsl"

uniform sampler2D dream;      // this loop's light
uniform sampler2D before;     // the light of the loop before
uniform vec3 moment;          // rows in `dream`
uniform vec3 moment_before;   // rows in `before`
uniform vec2 meanings;        // rows of the targets in both
uniform int fading;           // 1 while the old loop's light is seen, then 0
uniform float rise;           // 0..1 share of the new loop's light
uniform float fall;           // 1..0 share of the old loop's light

vec2 now(int unit) {
    vec2 state = vec2(answer(dream, unit, moment), meant(dream, unit, meanings.x)) * rise;
    for (int old = 0; old < fading; old++) {
        state = max(state, vec2(answer(before, unit, moment_before), meant(before, unit, meanings.y)) * fall);
    }
    return state;
}

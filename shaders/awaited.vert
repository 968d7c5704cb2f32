// awaited: the halo of a neuron whose answer the ear foresees: cool before it comes, warm where it was wrong.
//
//   room, next, still, origin, depth   as in neuron.vert
//   foreseen, foreseen_before   of this loop and of the one before: the neurons along, time up; red what is awaited,
//                               green how wrong the ear was
//   columns, columns_before     of both, now
//   turned                      0..1 from the loop before to this one
//   face                        radius of a halo, in the room
//   strength                    of the light;   cool, warm   its colours

#include "lib/project.glsl"
#include "lib/forming.glsl"
#include "lib/breathing.glsl"
#include "lib/spot.glsl"

uniform sampler2D foreseen;
uniform sampler2D foreseen_before;
uniform float columns;
uniform float columns_before;
uniform float turned;
uniform float face;
uniform float strength;
uniform vec3 cool;
uniform vec3 warm;

in vec3 room;
in vec3 next;
in vec3 still;
in vec3 origin;
in float depth;

flat out vec3 light;
flat out vec2 centre;
flat out float radius;  // pixels

const float BRIGHT = 7.0;     // of a halo in its middle
const float SMALLEST = 1.5;   // pixels
const float FAINTEST = 1e-3;

vec2 then(sampler2D seen, float place) {
    float across = (float(spotted()) + 0.5) / float(textureSize(seen, 0).x);
    return textureLod(seen, vec2(across, place), 0.0).rg;
}

void main() {
    vec2 state = mix(then(foreseen_before, columns_before), then(foreseen, columns), turned);
    float scale;
    vec4 here = forming(breathing(room, next, still), origin, depth);
    vec4 clip = project(here.xyz, scale);
    vec2 place = clip.xy / clip.w;
    radius = max(face * here.w * scale, SMALLEST);
    centre = (0.5 + 0.5 * place) * size;
    float thin = face * here.w * scale / radius;
    light = (cool * state.x * state.x + warm * state.y * state.y) * strength * BRIGHT * thin * thin;
    gl_PointSize = 1.0;
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    if (scale > 0.0 && max(light.r, max(light.g, light.b)) >= FAINTEST) gl_Position = spot(place, radius);
}

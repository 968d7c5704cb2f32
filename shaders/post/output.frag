// output: a part of the picture as one projector or screen shows it, together with its neighbours.
//
//   picture   as it was developed, sRGB
//   part      of it that belongs to this output: left, low, width, height, 0..1
//   edges     shares of the part over which it fades: left, right, low, high; 0 where it has no neighbour
//   gamma     of the projector: its light is a number to this power
//   black     light of its black as a share of its white; lifted wherever fewer projectors overlap
//   mapped    1 if there are maps: look tells which point of the part is seen (NaN: none), alpha how much of
//             its light is left, beta how much black is lifted, both linear
//
// Where nothing is bent, faded or lifted the picture's numbers pass unchanged. Numbers that do change are dithered
// by the picture's pixel, one neighbour the other way round than the other: together their grain cancels.

#include "lib/fade.glsl"
#include "lib/grain.glsl"
#include "lib/sharp.glsl"
#include "lib/between.glsl"

uniform sampler2D picture;
uniform sampler2D look;
uniform sampler2D alpha;
uniform sampler2D beta;
uniform vec4 part;
uniform vec4 edges;
uniform float gamma;
uniform float black;
uniform float mapped;

in vec2 at;
in float strength;
out vec4 color;

const float BESIDE = 1e-3;  // of the part, outside of which there is nothing: a mesh may be rounded a little

void main() {
    vec2 seen = at;
    vec3 share = vec3(1.0), lift = vec3(0.0);
    if (mapped > 0.5) {
        vec2 inside = vec2(textureSize(look, 0)) - 2.0;
        seen = between(look, at * inside + 0.5).xy;
        share = between(alpha, at * vec2(textureSize(alpha, 0)) - 0.5).rgb;
        lift = between(beta, at * vec2(textureSize(beta, 0)) - 0.5).rgb;
    }
    bool there = all(greaterThan(seen, vec2(-BESIDE))) && all(lessThan(seen, vec2(1.0 + BESIDE)));  // NaN is nowhere
    vec3 code = there ? sharp(picture, part.xy + seen * part.zw) * strength : vec3(0.0);

    vec4 near = vec4(seen.x, 1.0 - seen.x, seen.y, 1.0 - seen.y);
    vec4 fades = vec4(fade(near.x, edges.x), fade(near.y, edges.y), fade(near.z, edges.z), fade(near.w, edges.w));
    vec2 most = 1.0 + vec2(edges.x + edges.y > 0.0, edges.z + edges.w > 0.0);
    bvec4 shared_ = lessThan(near, edges);
    vec2 here = 1.0 + vec2(shared_.x || shared_.y, shared_.z || shared_.w);
    vec3 kept = share * fades.x * fades.y * fades.z * fades.w;
    vec3 headroom = (1.0 - lift) * (1.0 - black * (most.x * most.y - 1.0));
    vec3 lifted = lift + black * (most.x * most.y / (here.x * here.y) - 1.0);

    if (strength == 1.0 && kept * headroom == vec3(1.0) && lifted == vec3(0.0)) {
        color = vec4(code, 1.0);
        return;
    }
    vec3 light = pow(code, vec3(gamma)) * kept * headroom + (there ? lifted : vec3(0.0));
    float noise = grain(floor((part.xy + seen * part.zw) * vec2(textureSize(picture, 0))) + vec2(31.5, 17.5));
    if ((shared_.y && !shared_.x) != (shared_.w && !shared_.z)) noise = fract(1.0 - noise);
    vec3 number = pow(clamp(light, 0.0, 1.0), vec3(1.0 / gamma)) * 255.0;
    color = vec4(floor(number + noise) / 255.0, 1.0);
}

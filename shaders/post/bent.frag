// bent: a part of the picture on an output that is bent, but meets no neighbour.
//
//   picture   as it was developed, sRGB
//   part      of it that belongs to this output: left, low, width, height, 0..1
//
// What `output` does where nothing is faded, lifted or looked up, for a quarter of its cost.

#include "lib/sharp.glsl"

uniform sampler2D picture;
uniform vec4 part;

in vec2 at;
in float strength;
out vec4 color;

const float BESIDE = 1e-3;  // of the part, outside of which there is nothing: a mesh may be rounded a little

void main() {
    bool there = all(greaterThan(at, vec2(-BESIDE))) && all(lessThan(at, vec2(1.0 + BESIDE)));
    color = vec4(there ? sharp(picture, part.xy + at * part.zw) * strength : vec3(0.0), 1.0);
}

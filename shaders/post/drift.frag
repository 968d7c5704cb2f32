// drift: the whole picture, a little aside.
//
//   picture   as it is to be shown, sRGB
//   aside     right and up, as a share of its size; what comes in at an edge is the edge

#include "lib/sharp.glsl"

uniform sampler2D picture;
uniform vec2 aside;

in vec2 uv;
out vec4 color;

void main() {
    color = vec4(sharp(picture, clamp(uv - aside, 0.0, 1.0)), 1.0);
}

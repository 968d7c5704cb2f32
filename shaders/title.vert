// title: the plane of some words, as a grid, so that a curved projection may bend it.
//
//   box      left, low, width and height of their picture in the room, on the plane z = 0
//   corner   0..1 over that picture

#include "lib/project.glsl"
#include "lib/snap.glsl"

uniform vec2 size;  // pixels of all that is drawn into
uniform vec4 box;

in vec2 corner;
out vec2 at;

void main() {
    float scale;
    at = corner;
    gl_Position = snap(project(vec3(box.xy + corner * box.zw, 0.0), scale), size);
}

// haze: the plane of the body, as a grid, so that a curved projection may bend it.

#include "lib/project.glsl"

in vec2 room;
out vec2 at;

void main() {
    float scale;
    at = 0.5 + 0.5 * room;
    gl_Position = project(vec3(room, 0.0), scale);
}

// mark: one point in the room, around which a ring is drawn flat on the picture.
//
//   place    in the room
//   radius   of the ring, in pixels whatever the camera does: it marks a place and does not lie in the body

#include "lib/project.glsl"

uniform vec3 place;
uniform float radius;

void main() {
    float scale;
    gl_Position = project(place, scale);
    if (scale <= 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);  // behind us: outside the picture
    gl_PointSize = 2.0 * radius;
}

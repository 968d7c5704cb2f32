// ring: the band around the body on which the loop is written, as a strip that a curved projection may bend.
//
//   along    place in the loop 0..1, clockwise from the top; across: 0 its lowest pitch, at the inner rim .. 1
//   middle   of the body, radii: of the inner and the outer rim, in the room

#include "lib/project.glsl"
#include "lib/snap.glsl"

uniform vec2 size;  // pixels of all that is drawn into
uniform vec3 middle;
uniform vec2 radii;

in float along;
in float across;

out vec2 at;
flat out float shown;

void main() {
    float scale, turn = 6.2831853 * along;
    at = vec2(along, across);
    gl_Position = snap(project(middle + mix(radii.x, radii.y, across) * vec3(sin(turn), cos(turn), 0.0), scale), size);
    shown = scale > 0.0 ? 1.0 : 0.0;
}

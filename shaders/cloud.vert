// cloud: one soft ball of the mist in a body in space.
//
//   room, colour   where it is, and its linear light in the middle
//   wide           its radius, in the room
//   strength       of the light

#include "lib/project.glsl"

uniform float wide;
uniform float strength;

in vec3 room;
in vec3 colour;

flat out vec3 light;

const float BRIGHT = 0.08;  // of its colour at full strength; many lie behind each other
const float COARSE = 0.25;  // pixels of the mist in one of the picture

void main() {
    float scale;
    gl_Position = project(room, scale);
    gl_PointSize = max(1.0, 2.0 * wide * scale * COARSE);
    light = scale == 0.0 ? vec3(0.0) : colour * strength * BRIGHT;
}

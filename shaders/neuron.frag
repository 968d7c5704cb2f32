// neuron: a luminous cell with a soft rim; close by, its membrane is seen.
//
//   corner   where what is drawn begins in the whole light, pixels

#include "lib/disc.glsl"

uniform vec2 corner;

flat in vec3 light;
flat in vec2 centre;
flat in vec2 shape;

out vec4 color;

void main() {
    float away = distance(gl_FragCoord.xy + corner, centre);
    color = vec4(light * disc(away, shape.x, shape.y), 0.0);
}

// neuron: a luminous cell with a soft rim; close by, its membrane is seen.

#include "lib/disc.glsl"

flat in vec3 light;
flat in vec2 centre;
flat in vec2 shape;

out vec4 color;

void main() {
    float away = distance(gl_FragCoord.xy, centre);
    color = vec4(light * disc(away, shape.x, shape.y), 0.0);
}

// code: squares that phones read, over the picture.
//
//   squares   1 where one is dark
//   light     0 not there .. 1

uniform sampler2D squares;
uniform float light;

in vec2 at;
out vec4 color;

const float BRIGHT = 0.72;  // of white: enough for a phone, and no glare in a dark room

void main() {
    color = light * vec4(vec3(BRIGHT * (1.0 - texture(squares, at).r)), 1.0);
}

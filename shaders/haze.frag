// haze: the mist of all connections.
//
//   mist       its colours over the body's plane, linear light
//   strength   of the light

uniform sampler2D mist;
uniform float strength;

const float BRIGHT = 1.5;  // of the colours at full strength

in vec2 at;
out vec4 color;

void main() {
    color = vec4(texture(mist, at).rgb * strength * BRIGHT, 0.0);
}

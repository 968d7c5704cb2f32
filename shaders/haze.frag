// haze: the mist of all connections.
//
//   mist       its colours over the body's plane, linear light
//   strength   of the light

uniform sampler2D mist;
uniform float strength;

in vec2 at;
out vec4 color;

void main() {
    color = vec4(texture(mist, at).rgb * strength, 0.0);
}

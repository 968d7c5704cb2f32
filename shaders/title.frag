// title: letters over the picture, and a soft darkness around them that makes them readable wherever they stand.
//
//   words   how much of each place is ink, and how much is near to ink
//   light   0 not there .. 1

uniform sampler2D words;
uniform float light;

in vec2 at;
out vec4 color;

const vec3 INK = vec3(0.94, 0.95, 0.96);  // as the screen has it
const float DARK = 0.8;                   // at most so much of the picture is taken away around the letters
const float NEAR = 6.0;                   // how soon: thin letters have little ink near them

void main() {
    vec2 here = texture(words, at).rg;
    float shade = DARK * (1.0 - pow(1.0 - here.g, NEAR));
    color = light * vec4(INK * here.r, here.r + (1.0 - here.r) * shade);
}

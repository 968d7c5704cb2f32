// glow: the bloom at half the picture's size, as much of it as the lens spreads.
//
//   wide     all levels of the bloom, together
//   spread   share of the light that spreads in the lens, 0..1

uniform sampler2D wide;
uniform float spread;

in vec2 uv;
out vec4 color;

void main() {
    color = spread * texture(wide, uv);
}

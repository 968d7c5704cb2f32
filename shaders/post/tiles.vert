// tiles: a picture as squares, less those that are black anyway.
//
//   uv       0..1 over the picture, (0, 0) is the lower left corner
//   mist     what is added to the light, and spread: the light itself, gathered; both with a margin around the picture
//   picture  its size, margin: left and below; whole: the size with all margins, pixels
//   columns  squares in a row
//
// On a dark stage most of the picture is black; a driver without a graphics card saves half of its work.

uniform sampler2D mist;
uniform sampler2D gathered;
uniform vec2 picture;
uniform vec2 margin;
uniform vec2 whole;
uniform int columns;

const float SIDE = 32.0;     // pixels, of a square
const float DARKEST = 1e-4;  // light; a tenth of it is the first that a screen shows

out vec2 uv;

void main() {
    int tile = gl_VertexID / 6, corner = gl_VertexID % 6;
    vec2 low = SIDE * vec2(tile % columns, tile / columns);
    float most = 0.0;
    for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 3; x++) {
            vec2 at = (low + margin + 0.5 * SIDE * vec2(x, y)) / whole;
            vec3 near = textureLod(gathered, at, 0.0).rgb, far = textureLod(mist, at, 0.0).rgb;
            float there = max(far.r, max(far.g, far.b));
            most = max(most, near.r + near.g + near.b > 0.0 ? 1.0 : there);
        }
    }
    vec2 side = vec2(corner == 1 || corner == 2 || corner == 4 ? 1.0 : 0.0, corner == 2 || corner == 4 || corner == 5 ? 1.0 : 0.0);
    uv = (low + SIDE * side) / picture;
    gl_Position = most < DARKEST ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}

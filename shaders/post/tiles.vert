// tiles: a picture as squares, less those that are black anyway.
//
//   mist       what is added to the light, with a margin around the picture
//   gathered   the light in cells of half a square, with the same margin; a dark cell has dark pixels only
//   picture    its size, or that of the part which is drawn; corner: where this begins
//   margin     left and below, whole: the size with all margins, pixels
//   side       of a square, pixels; columns: squares in a row
//
// On a dark stage most of the picture is black, and a driver without a graphics card is spared that part.

uniform sampler2D mist;
uniform sampler2D gathered;
uniform vec2 picture;
uniform vec2 corner;
uniform vec2 margin;
uniform vec2 whole;
uniform float side;
uniform int columns;

const float DARKEST = 3e-4;  // light; the faintest that a screen shows is three times as strong

float brightest(vec3 light) {
    return max(light.r, max(light.g, light.b));
}

void main() {
    vec2 low = side * vec2(gl_VertexID % columns, gl_VertexID / columns);
    float most = 0.0;
    vec2 first = (low + corner + margin) / whole;
    ivec2 cell = ivec2(first * vec2(textureSize(gathered, 0)) + 1e-3);  // squares begin anywhere in cells: three meet one
    for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 3; x++) {
            vec2 at = first + 0.5 * side * vec2(x, y) / whole;
            most = max(most, brightest(texelFetch(mist, ivec2(at * vec2(textureSize(mist, 0))), 0).rgb));
            ivec2 here = min(cell + ivec2(x, y), textureSize(gathered, 0) - 1);
            if (brightest(texelFetch(gathered, here, 0).rgb) > 0.0) most = 1.0;
        }
    }
    vec2 centre = min(low + 0.5 * side, picture - 0.5);  // a point is clipped by its centre: keep that in the picture
    gl_PointSize = side;
    gl_Position = vec4(most < DARKEST ? vec2(2.0) : centre / picture * 2.0 - 1.0, 0.0, 1.0);
}

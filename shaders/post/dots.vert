// dots: the points by which an output is bent.
//
//   place    of a point, 0..1 of the output from its lower left
//   chosen   the number of the point that keys move
//   across   pixels

uniform int chosen;
uniform float across;

in vec2 place;

flat out float filled;

void main() {
    filled = float(gl_VertexID == chosen);
    gl_PointSize = across * (1.0 + 0.6 * filled);
    gl_Position = vec4(clamp(2.0 * place - 1.0, -0.995, 0.995), 0.0, 1.0);
}

// dots: a ring; the chosen one is a disc.

flat in float filled;
out vec4 color;

void main() {
    float away = length(2.0 * gl_PointCoord - 1.0);
    if (away > 1.0 || (away < 0.6 && filled < 0.5)) discard;
    color = vec4(mix(vec3(0.8, 0.9, 1.0), vec3(1.0, 0.6, 0.1), filled), 1.0);
}

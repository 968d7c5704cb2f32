// cloud: light that falls softly from the middle of a ball of mist to its rim.

flat in vec3 light;
out vec4 color;

void main() {
    vec2 away = 2.0 * gl_PointCoord - 1.0;
    float inside = max(0.0, 1.0 - dot(away, away));
    color = vec4(light * inside * inside, 0.0);
}

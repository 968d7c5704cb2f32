// awaited: light that falls softly from the middle of a halo to its rim.
//
//   corner   where what is drawn begins in the whole light, pixels

uniform vec2 corner;

flat in vec3 light;
flat in vec2 centre;
flat in float radius;

out vec4 color;

void main() {
    vec2 away = (gl_FragCoord.xy + corner - centre) / radius;
    float inside = max(0.0, 1.0 - dot(away, away));
    color = vec4(light * inside * inside, 0.0);
}

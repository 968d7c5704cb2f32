// mark: a thin ring with a soft rim, in a visitor's colour.
//
//   colour   as the screen has it
//   light    0 not there .. 1
//   radius   in pixels, of the square that it is drawn in

uniform vec3 colour;
uniform float light;
uniform float radius;

out vec4 color;

const float AT = 0.78;     // of the radius the line lies
const float THIN = 1.6;    // pixels, half as wide is the line
const float SOFT = 0.07;   // of the radius, how far its glow reaches

void main() {
    float away = abs(length(gl_PointCoord - 0.5) * 2.0 - AT);
    float line = 1.0 - smoothstep(THIN, THIN + 1.0, away * radius);
    float glow = 0.35 * exp(-away / SOFT);
    color = light * vec4(colour * (line + glow), line);
}

// hold: those fields of the picture that may not be shown as they are.
//
//   measured   mean linear RGB of each field
//   shown      linear RGB that is shown of it instead; alpha: 0 as it is, 1 darker, 2 held
//   fields     columns and rows
//
// What is drawn is added to the picture times alpha: a darker field keeps its drawing, a held one is even.

uniform sampler2D measured;
uniform sampler2D shown;
uniform vec2 fields;

flat out vec4 light;

vec3 screen(vec3 linear) {
    return mix(12.92 * linear, 1.055 * pow(linear, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, linear));
}

void main() {
    int field = gl_VertexID / 6;
    int corner = gl_VertexID % 6;
    ivec2 at = ivec2(field % int(fields.x), field / int(fields.x));
    vec2 place = vec2(at) + vec2(corner == 1 || corner == 2 || corner == 4, corner == 2 || corner == 4 || corner == 5);
    vec4 instead = texelFetch(shown, at, 0);
    float now = dot(texelFetch(measured, at, 0).rgb, vec3(0.2126, 0.7152, 0.0722));
    float allowed = dot(instead.rgb, vec3(0.2126, 0.7152, 0.0722));
    light = instead.a > 1.5 ? vec4(screen(clamp(instead.rgb, 0.0, 1.0)), 0.0)
                            : vec4(vec3(0.0), pow(clamp(allowed / max(now, 1e-4), 0.0, 1.0), 1.0 / 2.2));
    gl_Position = instead.a > 0.5 ? vec4(place / fields * 2.0 - 1.0, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
}

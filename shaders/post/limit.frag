// limit: whether a field of the picture would flash too often now, and what may be shown of it instead.
//
//   measured   mean linear RGB of each field, and its saturated red
//   general    what is remembered of its luminance: last extreme + 1, negative while light falls; seconds since the last
//              three transitions; all 0 before the first picture, which is one itself
//   reds       the same of its saturated red
//   before     the linear RGB that was shown of it
//   elapsed    seconds since the picture before
//   swing, dark, red_swing   what counts as a transition, of luminance and of red
//
// A fourth transition within a second is not completed: light stays just short of it until the second is over.

uniform sampler2D measured;
uniform sampler2D general;
uniform sampler2D reds;
uniform sampler2D before;
uniform float elapsed;
uniform float swing;
uniform float dark;
uniform float red_swing;

layout(location = 0) out vec4 general_now;
layout(location = 1) out vec4 reds_now;
layout(location = 2) out vec4 shown;  // linear RGB; alpha: 0 as it is, 1 darker, 2 held

const float SHORT = 0.8;   // of a swing, as far as light may still go
const float WITHIN = 1.0;  // seconds

float limited(float light, float wide, float dark, float permitted, inout vec4 state) {
    float heading = state.x < 0.0 ? -1.0 : 1.0;
    float extreme = state.x == 0.0 ? light : abs(state.x) - 1.0;
    vec3 ages = state.x == 0.0 ? vec3(0.0, 9.0, 9.0) : min(state.yzw + elapsed, 9.0);
    float way = (extreme - light) * heading;  // back from the last extreme
    float result = light;
    if (way <= 0.0) {
        extreme = light;
    } else if (way >= wide && min(light, extreme) < dark) {
        float oldest = permitted > 2.0 ? ages.z : ages.x;
        if (oldest < WITHIN) {
            result = extreme - SHORT * wide * heading;
        } else {
            heading = -heading;
            extreme = light;
            ages = vec3(0.0, ages.xy);
        }
    }
    state = vec4(heading * (extreme + 1.0), ages);
    return result;
}

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 now = texelFetch(measured, at, 0);
    general_now = texelFetch(general, at, 0);
    reds_now = texelFetch(reds, at, 0);
    vec3 last = texelFetch(before, at, 0).rgb;
    const vec3 WEIGHTS = vec3(0.2126, 0.7152, 0.0722);
    float light = dot(now.rgb, WEIGHTS);
    float allowed = limited(light, swing, dark, 3.0, general_now);
    float red = limited(now.a, red_swing, 2.0, 1.0, reds_now);
    shown = vec4(now.rgb, 0.0);
    if (red != now.a) {
        shown = vec4(last, 2.0);
    } else if (allowed < light) {
        shown = vec4(now.rgb * (allowed / light), 1.0);
    } else if (allowed > light) {
        float held = dot(last, WEIGHTS);
        shown = vec4(held > 1e-3 ? last * (allowed / held) : vec3(allowed), 2.0);
    }
}

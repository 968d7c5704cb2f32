// measure: the light of each field of the picture, as one looks at it on a screen.
//
//   picture   as it was developed, sRGB
//   returns   mean linear RGB, and how much saturated red there is: R - G - B where R / (R + G + B) >= 0.8
//
// A grid of samples stands for all pixels of a field: cells are wider than it is.

uniform sampler2D picture;
uniform vec2 fields;  // columns and rows

out vec4 color;

const int SAMPLES = 20;  // along each side of a field

vec3 linear(vec3 screen) {  // from sRGB, within a step of eight bits
    return screen * (screen * (screen * 0.305306011 + 0.682171111) + 0.012522878);
}

void main() {
    vec4 total = vec4(0.0);
    vec2 size = vec2(textureSize(picture, 0));
    for (int y = 0; y < SAMPLES; y++) {
        for (int x = 0; x < SAMPLES; x++) {
            vec2 at = (gl_FragCoord.xy - 0.5 + (vec2(x, y) + 0.5) / float(SAMPLES)) / fields;
            vec3 light = linear(texelFetch(picture, ivec2(at * size), 0).rgb);
            float others = light.g + light.b;
            total += vec4(light, light.r > 0.0 && light.r >= 0.8 * (light.r + others) ? light.r - others : 0.0);
        }
    }
    color = total / float(SAMPLES * SAMPLES);
}

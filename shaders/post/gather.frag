// gather: a smaller picture, four taps, into which all of the light arrives.
//
//   source   linear light, twice as large (a soft window of four by four, so that a moving point does not flicker)
//            or four times as large (every four by four become one); light beyond half a float is its most

uniform sampler2D source;

in vec2 uv;
out vec4 color;

vec4 light(vec2 at) {
    return min(texture(source, at), 6e4);
}

void main() {
    vec2 texel = 1.0 / vec2(textureSize(source, 0));
    color = 0.25 * (light(uv + texel * vec2(-1.0, -1.0)) + light(uv + texel * vec2(1.0, -1.0))
                  + light(uv + texel * vec2(-1.0, 1.0)) + light(uv + texel * vec2(1.0, 1.0)));
}

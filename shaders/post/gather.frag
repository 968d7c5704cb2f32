// gather: a smaller picture, four taps, into which all of the light arrives.
//
//   source   linear light, twice as large (a soft window of four by four, so that a moving point does not flicker)
//            or four times as large (every four by four become one)

uniform sampler2D source;

in vec2 uv;
out vec4 color;

void main() {
    vec2 texel = 1.0 / vec2(textureSize(source, 0));
    color = 0.25 * (texture(source, uv + texel * vec2(-1.0, -1.0)) + texture(source, uv + texel * vec2(1.0, -1.0))
                  + texture(source, uv + texel * vec2(-1.0, 1.0)) + texture(source, uv + texel * vec2(1.0, 1.0)));
}

// soften: a picture blurred over its next neighbours, four taps, so that no square shows when it is widened.
//
//   source   linear light; each of its pixels is shared with those around it as 1 to 2 to 1, both ways

uniform sampler2D source;

in vec2 uv;
out vec4 color;

void main() {
    vec2 texel = 0.5 / vec2(textureSize(source, 0));
    color = 0.25 * (texture(source, uv + texel * vec2(-1.0, -1.0)) + texture(source, uv + texel * vec2(1.0, -1.0))
                  + texture(source, uv + texel * vec2(-1.0, 1.0)) + texture(source, uv + texel * vec2(1.0, 1.0)));
}

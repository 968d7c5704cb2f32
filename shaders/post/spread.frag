// spread: a coarse level of the bloom widened into the next finer one.
//
//   fine     the level of this size
//   coarse   the level of half this size
//   share    of the coarse one, 0..1; the rest is the fine one, so that no light is lost or made
//   gain     times as much of it

uniform sampler2D fine;
uniform sampler2D coarse;
uniform float share;
uniform float gain;

in vec2 uv;
out vec4 color;

void main() {
    vec2 texel = 0.5 / vec2(textureSize(coarse, 0));
    vec4 wide = 0.25 * (texture(coarse, uv + texel * vec2(-1.0, -1.0)) + texture(coarse, uv + texel * vec2(1.0, -1.0))
                      + texture(coarse, uv + texel * vec2(-1.0, 1.0)) + texture(coarse, uv + texel * vec2(1.0, 1.0)));
    color = gain * mix(texelFetch(fine, ivec2(gl_FragCoord.xy), 0), wide, share);
}

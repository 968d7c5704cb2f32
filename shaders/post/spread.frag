// spread: a coarse level of the bloom widened into the next finer one.
//
//   fine     the level of this size
//   coarse   the level of half this size, softened
//   share    of the coarse one, 0..1; the rest is the fine one, so that no light is lost or made
//   gain     times as much of it

uniform sampler2D fine;
uniform sampler2D coarse;
uniform float share;
uniform float gain;

in vec2 uv;
out vec4 color;

void main() {
    color = gain * mix(texelFetch(fine, ivec2(gl_FragCoord.xy), 0), texture(coarse, uv), share);
}

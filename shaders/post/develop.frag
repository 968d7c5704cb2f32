// develop: from light to the picture on the screen.
//
//   light    linear light, with a margin around the picture
//   mist     what is added to it: bloom and haze, half the size
//   spread   share of the light that went into the bloom, 0..1
//   fade     0 black .. 1 as it is
//   margin   pixels of `light` left and below the picture

#include "lib/film.glsl"
#include "lib/encode.glsl"
#include "lib/grain.glsl"

uniform sampler2D light;
uniform sampler2D mist;
uniform float spread;
uniform float fade;
uniform vec2 margin;

out vec4 color;

void main() {
    vec2 pixel = gl_FragCoord.xy + margin;
    vec3 seen = texelFetch(light, ivec2(pixel), 0).rgb * (1.0 - spread);
    seen += texture(mist, pixel / vec2(textureSize(light, 0))).rgb;
    vec3 screen = encode(film(seen) * fade * fade);
    color = vec4(floor(screen * 255.0 + grain(gl_FragCoord.xy)) / 255.0, 1.0);
}

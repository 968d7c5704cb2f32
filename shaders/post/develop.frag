// develop: from light to the picture on the screen.
//
//   light    linear light, with a margin around the picture
//   mist     what is added to it: bloom and haze, half the size
//   spread   share of the light that went into the bloom, 0..1
//   fade     0 black .. 1 as it is
//   margin   pixels of `light` left and below the picture
//   disc     middle and radius of a dome's circle, pixels; outside it is black. A radius of 0 is a screen

#include "lib/film.glsl"
#include "lib/encode.glsl"
#include "lib/grain.glsl"

uniform sampler2D light;
uniform sampler2D mist;
uniform float spread;
uniform float fade;
uniform vec2 margin;
uniform vec3 disc;

out vec4 color;

void main() {
    vec2 pixel = gl_FragCoord.xy + margin;
    vec3 seen = texelFetch(light, ivec2(pixel), 0).rgb * (1.0 - spread);
    seen += texture(mist, pixel / vec2(textureSize(light, 0))).rgb;
    vec3 screen = encode(film(seen) * fade * fade);
    if (disc.z > 0.0) screen *= clamp(disc.z + 0.5 - distance(gl_FragCoord.xy, disc.xy), 0.0, 1.0);
    color = vec4(floor(screen * 255.0 + grain(gl_FragCoord.xy)) / 255.0, 1.0);
}

// develop: from light to the picture on the screen, dithered to eight bits.
//
//   light    linear light, all of it or a part; inset: where what is drawn begins in it, pixels
//   mist     what is added to it: bloom and haze, a quarter of the size
//   spread   share of the light that went into the bloom, 0..1
//   fade     0 black .. 1 as it is
//   corner   where what is drawn begins in the picture, pixels
//   margin   pixels of all light left and below the picture, whole: all of them
//   disc     middle and radius of a dome's circle, pixels; outside it is black. A radius of 0 is a screen
//
// Light that is too much for half a float is taken as the most that it holds.

#include "lib/film.glsl"
#include "lib/encode.glsl"
#include "lib/grain.glsl"

uniform sampler2D light;
uniform sampler2D mist;
uniform vec2 inset;
uniform float spread;
uniform float fade;
uniform vec2 corner;
uniform vec2 margin;
uniform vec2 whole;
uniform vec3 disc;

out vec4 color;

void main() {
    vec2 pixel = gl_FragCoord.xy + corner;
    vec3 seen = min(texelFetch(light, ivec2(gl_FragCoord.xy + inset), 0).rgb, 6e4) * (1.0 - spread);
    seen += texture(mist, (pixel + margin) / whole).rgb;
    vec3 screen = encode(film(seen) * fade * fade);
    if (disc.z > 0.0) screen *= clamp(disc.z + 0.5 - distance(pixel, disc.xy), 0.0, 1.0);
    color = vec4(floor(screen * 255.0 + grain(pixel)) / 255.0, 1.0);
}

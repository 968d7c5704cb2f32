// show: a part of the picture on an output where nothing is bent, pixel for pixel if it fits.
//
//   picture   as it was developed, sRGB
//   part      of it that this output shows: left, low, width, height, 0..1
//   shift     from the output's pixels to the picture's, where both are equally large; elsewhere outside of it

uniform sampler2D picture;
uniform vec4 part;
uniform vec2 shift;

in vec2 uv;
out vec4 color;

void main() {
    if (shift.x > -1e6) color = vec4(texelFetch(picture, ivec2(gl_FragCoord.xy + shift), 0).rgb, 1.0);
    else color = vec4(texture(picture, part.xy + uv * part.zw).rgb, 1.0);
}

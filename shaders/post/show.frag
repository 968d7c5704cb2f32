// show: a part of the picture on an output.
//
//   picture   as it was developed, sRGB
//   part      of it that this output shows: left, low, width, height, 0..1

uniform sampler2D picture;
uniform vec4 part;

in vec2 uv;
out vec4 color;

void main() {
    color = vec4(texture(picture, part.xy + uv * part.zw).rgb, 1.0);
}

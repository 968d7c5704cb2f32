// enlarge: a picture that was made at half the size.
//
//   made      as it was developed, sRGB
//   picture   pixels of the large one

uniform sampler2D made;
uniform vec2 picture;

out vec4 color;

void main() {
    color = textureLod(made, gl_FragCoord.xy / picture, 0.0);
}

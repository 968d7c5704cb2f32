// output: the net of cells on which a projector or a screen shows the picture.
//
//   place   on the output, 0..1 from its lower left corner, times its depth; and that depth
//   point   of the picture that is seen there, 0..1 of this output's part
//   light   factor of the picture's numbers
//
//   at      point, strength   light, in perspective over the cell

in vec3 place;
in vec2 point;
in float light;

out vec2 at;
out float strength;

void main() {
    at = point;
    strength = light;
    gl_Position = vec4(2.0 * place.xy - place.z, 0.0, place.z);
}

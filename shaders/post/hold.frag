// hold: an even light over a field, or none; alpha is the share of the picture below that stays.

flat in vec4 light;
out vec4 color;

void main() {
    color = light;
}

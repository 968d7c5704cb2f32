// edge: the light of a connection.

in vec3 light;
out vec4 color;

void main() {
    color = vec4(light, 0.0);
}

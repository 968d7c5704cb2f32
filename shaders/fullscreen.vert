// fullscreen: one triangle that covers the whole picture.
//
//   uv   0..1 over the picture, (0, 0) is the lower left corner

out vec2 uv;

void main() {
    uv = vec2(gl_VertexID == 1 ? 2.0 : 0.0, gl_VertexID == 2 ? 2.0 : 0.0);
    gl_Position = vec4(uv * 2.0 - 1.0, 0.0, 1.0);
}

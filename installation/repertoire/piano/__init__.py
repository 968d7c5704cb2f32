"""The piano: what composers wrote, played with expression and recorded in many rooms."""

"""Where pictures and sounds leave the piece: windows, previews and films."""

"""A browser's websocket, whatever is said over it: text comes in, letters go out, and it ends once."""

from __future__ import annotations

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

PATIENCE = 5.0  # seconds until a browser has to say who it is
WRONG = 1008  # how websockets say "not like this"


async def heard(socket: WebSocket) -> str | None:
    """The next text, or None where something else came. Raises WebSocketDisconnect when the browser has gone."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000))
    text: str | None = message.get("text")
    return text


async def send(socket: WebSocket, letter: str | bytes) -> None:
    """Send a text or bytes. Raises WebSocketDisconnect or RuntimeError when the browser has gone."""
    if isinstance(letter, bytes):
        await socket.send_bytes(letter)
    else:
        await socket.send_text(letter)


async def close(socket: WebSocket) -> None:
    """End it if both sides still have it open."""
    if WebSocketState.CONNECTED is socket.application_state is socket.client_state:
        await socket.close(WRONG)

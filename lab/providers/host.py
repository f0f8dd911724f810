"""The engine as a plugin sees it: where lines for the terminal go."""

import grpc

from lab.providers.protocol import engine_pb2, engine_pb2_grpc


class EngineHost:
    """Sends lines to the engine, which shows them beside the resource they are about."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if address else None

    def show(self, urn: str, line: str) -> None:
        """Show a line while the operation runs; like the real plugin's, it does not stay on the terminal."""
        if self._engine is None or not line:
            return
        self._engine.Log(
            engine_pb2.LogRequest(severity=engine_pb2.LogSeverity.INFO, message=line, urn=urn, ephemeral=True)
        )

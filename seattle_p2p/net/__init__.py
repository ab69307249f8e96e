"""Sockets and TLS; asyncio begins here."""

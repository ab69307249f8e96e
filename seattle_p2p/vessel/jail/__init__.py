"""What the operating system holds around a vessel, layer by layer."""

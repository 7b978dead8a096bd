"""Calendar files: bytes out for one recipient. Nothing here is sent or stored."""

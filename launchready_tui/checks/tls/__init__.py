"""The certificates and handshakes of the product's hosts."""

"""The practice target: a small faulty marketplace with its own DNS, certificates and web servers, on loopback only."""

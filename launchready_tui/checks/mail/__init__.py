"""Whether the product's mail arrives: SPF, DKIM, DMARC, what a real message and the reports prove."""

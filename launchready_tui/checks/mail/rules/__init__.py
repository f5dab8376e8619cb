"""The rules of mail authentication as their RFCs have them: SPF, DKIM, DMARC, receivers' verdicts, reports. Pure."""

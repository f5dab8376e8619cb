"""Finds secrets in files, git histories and downloaded text.

Pure parts: classify, filters, decoding, keyfiles, baseline.
"""

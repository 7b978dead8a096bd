"""What helps a person take part: words, needs, requests, consent, and who may see what of them.

Everything here is pure: no clock, no files, no database, no network. The text of the vocabulary, the
present moment and the bank holidays are handed in by whoever calls.
"""

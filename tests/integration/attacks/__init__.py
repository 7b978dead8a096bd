"""Attacks: what somebody would try who wants to see, change or break what is not theirs."""

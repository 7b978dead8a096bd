"""The staff's side of what helps: the queue, one request, own words, decisions, what to do on the day."""

"""What Jitsi servers and voice menus ask and tell us: thin doors without transactions, answered in JSON."""

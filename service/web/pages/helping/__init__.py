"""What helps a person: told by themselves behind their link, or written down for them at the desk."""

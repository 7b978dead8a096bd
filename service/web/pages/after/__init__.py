"""After a session: the one question, behind the person's own link and at the desk."""

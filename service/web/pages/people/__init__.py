"""People as the desk sees them: finding, keeping, importing, groups, and answers entered for somebody."""

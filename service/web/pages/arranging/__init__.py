"""What is arranged: suppliers, bookings, the money set aside for access, and numbers for directors."""

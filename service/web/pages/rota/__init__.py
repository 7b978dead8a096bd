"""Pages of the rota: who does what at the sessions to come, and who could."""

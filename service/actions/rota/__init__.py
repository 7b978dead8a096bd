"""The rota: who does what at a meeting, who could, and what happens when somebody cannot."""

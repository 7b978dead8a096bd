"""What a plan means for the people invited: who could take part by which way, and who could not."""

"""Strike-offs, complaints and appeals, and the days that matter to them."""

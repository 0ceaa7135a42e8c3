"""The yearly confirmation: campaigns, answers, and what people decide of silence."""

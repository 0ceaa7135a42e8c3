"""The days that matter to a partner's people, from every room that has some."""

"""What a partner does in a household's name: under a dated mandate, revoked at any moment."""

"""Sign-in of staff by OpenID Connect: code flow, PKCE, state, nonce, and the identity token."""

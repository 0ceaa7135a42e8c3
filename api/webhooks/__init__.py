"""Events sent to the programs of partners, after the Standard Webhooks specification."""

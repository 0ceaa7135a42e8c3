"""The common file of the SWL beside the register: brought in, sent out, compared."""

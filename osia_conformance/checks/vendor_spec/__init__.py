"""The OpenAPI file of a vendor (`--spec`): read, compared with the standard's, drawn from, and never decisive."""

"""v1's namespaces: thin modules that export names from the floors below."""

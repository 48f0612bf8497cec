"""The standard as data: requirements, rulings, OpenAPI files, operations, versions."""

"""The OpenAPI document of the public port: every route, with a typed `predict` for each served model."""

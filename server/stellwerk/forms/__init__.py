"""Form schemas: the rules of form-js, checked on the server. Pure."""

"""SignOff to text: pure functions, one module a document."""

"""One page as an answer of its own: what every extractor read from it, put together."""

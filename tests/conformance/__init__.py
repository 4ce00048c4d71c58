"""The conformance runner: drives the product through its use cases over corpora that we did not write."""

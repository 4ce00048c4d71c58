"""Generated structured processes against a reference interpreter of their structure.

`terms` is the algebra, `strategies` draws terms, `render` writes them as BPMN, `frames` and `oracle` say what may
happen, `conformance` drives the engine and compares. Nothing here asks the engine what is right.
"""

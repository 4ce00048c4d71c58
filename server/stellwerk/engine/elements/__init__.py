"""One module per BPMN element family; the rule of the specification stands above each class."""

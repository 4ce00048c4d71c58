// The modeler's page.

declare module '*.css';
declare module 'bpmn-auto-layout';
declare module 'bpmn-js-create-append-anything';
declare module 'bpmn-js-color-picker';
declare module 'bpmn-js-native-copy-paste';
declare module 'diagram-js-grid';
declare module 'diagram-js-minimap';
declare module 'camunda-bpmn-moddle/resources/camunda.json';

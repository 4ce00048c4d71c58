import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['node_modules'] },
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    rules: {
      complexity: ['error', 10],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      // One module talks to the server; what else needs it asks that one.
      'no-restricted-globals': ['error', { name: 'fetch', message: 'Use api.js.' }, { name: 'XMLHttpRequest' }],
    },
  },
  { files: ['api.js'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['build.mjs', 'test/**', 'eslint.config.js'], languageOptions: { globals: globals.node } },
];

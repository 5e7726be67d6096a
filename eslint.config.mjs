import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
// The allowed arrows between the packages; `npm run lint` checks them again with dependency-cruiser.
import arrows from './arrows.json' with { type: 'json' };

const packages = [...Object.keys(arrows), 'tools'];

const forbid = (folder) => ({
  files: [`${folder}/src/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...packages
            .filter((name) => name !== folder && !arrows[folder].includes(name))
            .map((name) => ({
              group: [`@heddle/${name}`, `@heddle/${name}/*`],
              message: `${folder} must not depend on ${name}.`,
            })),
          ...(folder === 'core'
            ? [{ group: ['node:*', 'react', '@nestjs/*'], message: 'core is browser-safe and depends on zod only.' }]
            : []),
        ],
      },
    ],
  },
});

export default defineConfig([
  globalIgnores([
    '**/dist/**',
    '**/node_modules/**',
    '.nx/**',
    '.heddle/**',
    'tools/fixtures/**',
    '**/__fixtures__/**',
    '**/build/**',
  ]),
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.{ts,tsx}'] })),
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['**/*.spec.{ts,tsx}', '**/src/testing/**/*.ts', 'workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  {
    // A worker loads a module once for all spec files: what it says to Jest while it is loaded would reach the first of them alone.
    files: ['**/*.ts'],
    ignores: ['**/*.spec.ts', 'editor/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'Program > ExpressionStatement > CallExpression[callee.name=/^(before|after)(All|Each)$/]',
          message: 'Several spec files share this module: call it in a function that each of them calls.',
        },
        {
          selector: "Program > ExpressionStatement > CallExpression[callee.object.name='jest']",
          message: 'Several spec files share this module: call it in a function that each of them calls.',
        },
      ],
    },
  },
  { files: ['editor/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  ...Object.keys(arrows)
    .filter((name) => name !== 'workflows')
    .map(forbid),
]);

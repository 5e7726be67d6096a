import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Whether all spec files share loaded modules. They do not in watch mode, where modules may have changed, nor when Jest measures coverage.
 */
const isOneRealm = !process.argv.some((argument) => /^--(?:watch|coverage)/.test(argument));
const oneRealm = {
  testEnvironment: at('./tools/testing/one-realm/environment.mjs'),
  runtime: at('./tools/testing/one-realm/runtime.mjs'),
};

/**
 * The one Jest configuration: native ES modules, SWC, workspace packages read from their sources. A spec that needs a document begins with
 * `@jest-environment jsdom`.
 */
export const base = ({ jsdom = false } = {}) => ({
  ...(isOneRealm ? oneRealm : { testEnvironment: jsdom ? 'jsdom' : 'node' }),
  testEnvironmentOptions: {
    customExportConditions: jsdom ? ['source', 'browser'] : ['source', 'node', 'node-addons'],
  },
  testMatch: ['<rootDir>/src/**/*.spec.{ts,tsx}'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  resolver: at('./jest.resolver.cjs'),
  transform: {
    '\\.module\\.css$': at('./tools/testing/class-names.mjs'),
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        swcrc: false,
        // Source maps are separate files: they are read only when a test fails.
        sourceMaps: true,
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          experimental: { keepImportAttributes: true },
          parser: { syntax: 'typescript', tsx: jsdom, decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: true,
            react: { runtime: 'automatic' },
          },
        },
      },
    ],
  },
});

import { fileURLToPath } from 'node:url';

/** The one Jest configuration: native ES modules, SWC, workspace packages read from their sources. */
export const base = ({ jsdom = false } = {}) => ({
  testEnvironment: jsdom ? 'jsdom' : 'node',
  testEnvironmentOptions: {
    customExportConditions: jsdom ? ['source', 'browser'] : ['source', 'node', 'node-addons'],
  },
  testMatch: ['<rootDir>/src/**/*.spec.{ts,tsx}'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  resolver: fileURLToPath(new URL('./jest.resolver.cjs', import.meta.url)),
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        swcrc: false,
        // Beside the code, not in it: it is read when a test fails alone.
        sourceMaps: true,
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
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

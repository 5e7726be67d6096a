// `npm run test:unit` in a package: runs its specs except those with models, a browser, processes and long sweeps. The specs import
// sources, so they need no build. Nx caches the result (`npm run verify`).
import { basename } from 'node:path';
import { runJest } from './testing/run-jest.mjs';

const folder = basename(process.cwd());
const { code } = await runJest({
  name: `test-unit-${folder}`,
  folders: [folder],
  options: [
    '--maxWorkers=2',
    '--passWithNoTests',
    '--testPathIgnorePatterns',
    '\\.(model|browser|process|sweep|long)\\.spec\\.',
    '/dist/',
    '/node_modules/',
  ],
});
process.exitCode = code;

// `npm run test:unit` in a package: its specs without models, browser, processes and long sweeps. They read sources, so that nothing is built for them. Nx keeps the
// result (`npm run verify`).
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

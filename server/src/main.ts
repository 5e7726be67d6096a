import { dropWhenClosed } from './common/closed-output.js';
import { runCommandLine } from './cli/run-command-line.js';

// The server alone, as `node server/dist/main.js` and `npm run dev` start it: the same as `heddle serve`.
dropWhenClosed(process.stdout, process.stderr);
process.exitCode = await runCommandLine(['serve', ...process.argv.slice(2)]);

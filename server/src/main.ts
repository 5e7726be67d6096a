import { dropWhenClosed } from './common/closed-output.js';
import { runCommandLine } from './cli/run-command-line.js';

// Starts only the server, like `heddle serve`. `node server/dist/main.js` and `npm run dev` use this file.
dropWhenClosed(process.stdout, process.stderr);
process.exitCode = await runCommandLine(['serve', ...process.argv.slice(2)]);

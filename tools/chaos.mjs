// `npm run chaos -- [--kills N] [--faults KIND=N,…] [--seed S] [--no-models] [--json]`: applies faults to a server at random moments and
// checks G1 to G8 (docs/durability.md). With `--cluster [--lease MS] [--other-version FOLDER]`, applies them to the processes of a cluster
// and to its Postgres and Redis.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, install } from './bootstrap/prepare.mjs';
import { createProgress } from './bootstrap/progress.mjs';
import { root } from './bootstrap/repository.mjs';
import { continuedUnderNewerNode, follow } from './bootstrap/use-node.mjs';
import { readArguments } from './read-arguments.mjs';

if (!(await continuedUnderNewerNode(fileURLToPath(import.meta.url)))) {
  await readArguments(process.argv.slice(2), {
    usage:
      'npm run chaos -- [--kills N] [--faults KIND=N,…] [--seed S] [--no-models] [--json]\nnpm run chaos -- --cluster [--lease MS] [--other-version FOLDER] [--faults KIND=N,…] [--seed S] [--json]\nKills a server N times (30) at random moments, the same ones for the same seed, and checks the promises of docs/durability.md. --faults names the kinds of faults with their counts instead: kill=30,stop=5,io=5,full=5,bitrot=5,clock=5,values=5,sync=5,power=5.\n--cluster strikes two processes that answer requests, three workers, Postgres, Redis and a bucket: --faults kill-worker=6,kill-api=3,stop=3,partition=3,cut=3,lost-answer=4,redis-flush=1,redis-restart=1,redis-away=1,postgres-restart=1,postgres-crash=2,bucket-away=1,clock=1,upgrade=1, or all=N. --lease MS shortens the leases (10000). --other-version names the built repository of another commit: the processes begin with its program, and each second upgrade brings it back.',
    options: {
      kills: { type: 'string' },
      faults: { type: 'string' },
      seed: { type: 'string' },
      cluster: { type: 'boolean' },
      lease: { type: 'string' },
      'other-version': { type: 'string' },
      'no-models': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const progress = createProgress();
  try {
    await install(progress);
    await build(progress);
  } catch {
    process.exit(1);
  }
  // The chaos run is TypeScript that shares code with the tests, so it runs from its sources.
  const sources = pathToFileURL(join(root, 'adapters', 'src', 'child', 'resolve-sources.mjs')).href;
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', '--import', sources];
  const script = join(root, 'tools', 'chaos', 'main.ts');
  process.exitCode = await follow(
    spawn(process.execPath, [...flags, script, ...process.argv.slice(2)], { stdio: 'inherit' }),
  );
}

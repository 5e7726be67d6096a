import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { join } from 'node:path';
import { addGpuRuntime } from './add-gpu-runtime.mjs';
import { answerSample } from './answer-sample.mjs';
import { loadSamples } from './load-samples.mjs';
import { pullMissing } from './pull-starter-models.mjs';
import { root } from '../bootstrap/repository.mjs';
import { findProgram } from '../../server/bin/program.mjs';

const usage = `npm start -- [--port N] [--host ADDRESS] [--data FOLDER] [--no-samples]\n`;

/** Serves Heddle; the first time also fetches the starter models, takes the sample documents in and answers a question. */
export async function startHeddle(progress, args) {
  const options = readOptions(args);
  // As in server/bin/heddle.mjs: what was compiled is kept for the next start, and loading the modules is no reason to hold 64 MB.
  enableCompileCache(join(root, 'node_modules', '.cache', 'heddle', 'serve'));
  setFlagsFromString('--semi-space-growth-factor=1');
  const { readSettings, startServer } = await import(findProgram('index').href);
  const settings = readSettings({ ...process.env, ...options.environment });
  await addGpuRuntime(settings, progress);
  const server = await startServer(settings);
  stopOnSignal(server);
  const { heddle } = server;
  if (options.withSamples) {
    const failed = await pullMissing(
      { list: () => heddle.models.list(), pull: (id, how) => heddle.models.pullNow(id, how) },
      progress,
    );
    const isNew = await loadSamples(heddle, progress, join(root, 'workflows'), failed.length === 0);
    if (isNew) await answerSample(heddle, progress);
  }
  process.stdout.write(`Heddle is at ${server.address}\n`);
  const owner = server.ownerLine();
  if (owner !== undefined) process.stdout.write(`${owner}\n`);
}

function readOptions(args) {
  const environment = {};
  let withSamples = true;
  for (let index = 0; index < args.length; index += 1) {
    const [name, inline] = args[index].split('=', 2);
    const value = () => inline ?? args[(index += 1)] ?? stop(`${name} needs a value`);
    if (name === '--port') environment.PORT = value();
    else if (name === '--host') environment.HOST = value();
    else if (name === '--data') environment.HEDDLE_DATA = value();
    else if (name === '--no-samples') withSamples = false;
    else if (name === '--help') stop('', 0);
    else stop(`There is no option ${name}`);
  }
  return { environment, withSamples };
}

function stop(message, code = 2) {
  process.stderr.write(message === '' ? usage : `${message}.\n${usage}`);
  process.exit(code);
}

/** The first signal stops orderly, a second one at once. */
function stopOnSignal(server) {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (isStopping) process.exit(130);
      isStopping = true;
      server.close().then(
        () => process.exit(0),
        (error) => {
          process.stderr.write(`${error.stack}\n`);
          process.exit(1);
        },
      );
    });
  }
}

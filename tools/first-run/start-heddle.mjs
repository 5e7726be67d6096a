import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { addGpuRuntime } from './add-gpu-runtime.mjs';
import { answerSample } from './answer-sample.mjs';
import { loadSamples } from './load-samples.mjs';
import { pullMissing } from './pull-starter-models.mjs';
import { root } from '../bootstrap/repository.mjs';

/**
 * Starts the server. The first time, it also downloads the starter models, imports the sample documents from `samples` and answers a
 * question.
 */
export async function startHeddle(progress, options) {
  // The same cache as in server/bin/heddle.mjs.
  enableCompileCache(join(root, 'node_modules', '.cache', 'heddle'));
  const { readSettings, startServer } = await import('../../server/dist/bundle/index.js');
  const settings = readSettings({ ...process.env, ...options.environment });
  await addGpuRuntime(settings, progress);
  const server = await startServer(settings);
  stopOnSignal(server);
  const { heddle } = server;
  // A worker needs no samples, because no user asks it.
  if (options.withSamples && settings.role !== 'worker') {
    const failed = await pullMissing(
      { list: () => heddle.models.list(), pull: (id, how) => heddle.models.pullNow(id, how) },
      progress,
    );
    const isNew = await loadSamples(heddle, progress, options.samples ?? join(root, 'workflows'), failed.length === 0);
    if (isNew) await answerSample(heddle, progress);
  }
  process.stdout.write(`Heddle is at ${server.address}\n`);
  const owner = await server.ownerLine();
  if (owner !== undefined) process.stdout.write(`${owner}\n`);
}

/** Stops the server in order at the first signal, and at once at the second. */
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

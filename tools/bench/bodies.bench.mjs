import { fileURLToPath } from 'node:url';
import { callerOf } from './body-caller.mjs';
import { documents, workOn } from './body-documents.mjs';
import { openChannels, openRoutes } from './body-channels.mjs';
import { BodyHolds } from './body-holds.mjs';
import { long, refused, wide } from './body-shapes.mjs';
import { messages, sendMessage, uploads } from './body-uploads.mjs';
import { startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

/** Raises the rate limits so that only the handling of bodies is measured. */
const unlimited = { HEDDLE_RATE_PER_MINUTE: '100000000', HEDDLE_PROJECT_RATE_PER_MINUTE: '100000000' };
const probe = fileURLToPath(new URL('./loop-hold.mjs', import.meta.url));
/** The size of a long value: that of the largest body, minus some room for the JSON around the value. */
const bytes = 9_900_000;

async function sweep(server, holds, progress) {
  const channels = await openChannels(server);
  const routes = await openRoutes(server);
  // Warms up: a server that has just started still loads and compiles its code.
  for (let round = 0; round < 20; round += 1) for (const { ask } of channels) await ask('"x"');
  for (const { ask } of routes) await ask('"x"');
  const [first] = Object.values(documents);
  for await (const { work } of workOn(first(), server)) await work();

  for (const { name, most, ask } of channels) {
    progress(name);
    for (const [shape, write] of Object.entries(wide)) await holds.measure(shape, name, () => ask(write(most)));
    for (const [shape, write] of Object.entries({ ...long, ...refused }))
      await holds.measure(shape, name, () => ask(write(bytes)));
  }
  for (const { name, most, ask } of routes) {
    progress(name);
    for (const shape of ['members', 'objects-of-other-names', 'nested-objects'])
      await holds.measure(shape, name, () => ask(wide[shape](most)));
    await holds.measure('text-of-line-breaks', name, () => ask(long['text-of-line-breaks'](bytes)));
    for (const shape of ['too-many-members', 'too-deep-objects'])
      await holds.measure(shape, name, () => ask(refused[shape](bytes)));
  }
  for (const [shape, make] of Object.entries(documents)) {
    progress(shape);
    for await (const { title, work } of workOn(make(), server)) await holds.measure(shape, title, work);
  }
  for (const [shape, work] of Object.entries(uploads(server))) {
    progress(shape);
    await holds.measure(shape, 'its route', work);
  }
  for (const [shape, message] of Object.entries(messages))
    await holds.measure(shape, 'the socket', () => sendMessage(server.address, message));
}

export const cases = [
  {
    name: 'bodies',
    title: 'the longest that one body, document, upload or socket message holds the event loop, at every route',
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        const started = await startServer(folder, { HEDDLE_LOG: 'error', ...unlimited }, ['--import', probe]);
        const server = callerOf(started);
        try {
          const holds = new BodyHolds(started.pipe, progress);
          await sweep(server, holds, progress);
          return holds.rows();
        } finally {
          server.close();
          await started.stop();
        }
      }),
  },
];

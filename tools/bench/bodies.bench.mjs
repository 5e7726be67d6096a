import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { deep, long, wide } from './body-shapes.mjs';
import { startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';
import { wholeDocuments } from './whole-documents.mjs';

const probe = fileURLToPath(new URL('./loop-hold.mjs', import.meta.url));
/** Limits out of the way: what is measured is a body, not a pace. */
const unlimited = { HEDDLE_RATE_PER_MINUTE: '100000000', HEDDLE_PROJECT_RATE_PER_MINUTE: '100000000' };
const megabyte = 1_000_000;

/** Every shape, at and beyond what each kind of route takes. */
function* bodies() {
  for (const [shape, write] of Object.entries(wide))
    for (const count of [9_500, 19_000, 48_000, 390_000, 800_000])
      yield { shape: `${shape} ${count}`, text: write(count) };
  for (const [shapes, sizes] of [
    [long, [megabyte, 9.9 * megabyte]],
    [deep, [9.9 * megabyte]],
  ])
    for (const [shape, write] of Object.entries(shapes))
      for (const bytes of sizes) yield { shape: `${shape} ${bytes}`, text: write(bytes) };
}

/** A workflow that gives back what it is given. */
const echo = {
  heddle: 1,
  name: 'Echo',
  nodes: {
    given: { type: 'input', version: 1, config: { fields: [{ name: 'value', type: 'Json' }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'value', type: 'Json' }] } },
  },
  edges: [{ from: 'given.value', to: 'reply.value' }],
};

/** What takes a body, and where in it the hostile value stands. */
const places = [
  ['POST', '/api/compile', (text) => text],
  ['POST', '/api/compile', (text) => `{"document":{"heddle":1,"name":"B","nodes":${text},"edges":[]}}`],
  ['POST', '/api/workflows', (text) => `{"document":{"heddle":1,"name":"B","nodes":{},"edges":[],"layout":${text}}}`],
  ['PUT', '/api/workflows/echo', (text) => `{"document":{"heddle":1,"name":"B","nodes":{},"edges":${text}}}`],
  ['POST', '/api/workflows/echo/merge', (text) => `{"base":${text},"mine":${text}}`],
  ['POST', '/api/runs', (text) => `{"document":${JSON.stringify(echo)},"inputs":{"value":${text}}}`],
  ['POST', '/v1/workflows/echo', (text) => `{"value":${text}}`],
  ['POST', '/v1/chat/completions', (text) => `{"model":"echo","messages":${text}}`],
  ['POST', '/mcp', (text) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${text}}`],
  ['POST', '/api/workflows/echo/batches/preview', (text) => `{"rows":[{"value":${text}}]}`],
  ['POST', '/api/collections/none/documents', (text) => `{"documents":${text}}`],
  ['PUT', '/api/secrets/x', (text) => `{"value":${text}}`],
];

/** What takes a whole document. */
const placesOfDocuments = [
  ['POST', '/api/compile', (document) => ({ document })],
  ['PUT', '/api/workflows/echo', (document) => ({ document })],
  ['POST', '/api/workflows/echo/merge', (document) => ({ base: document, mine: { ...document, name: 'Other' } })],
  ['POST', '/api/workflows/echo/publish/check', () => ({})],
  ['POST', '/api/runs', (document) => ({ document, inputs: {} })],
];

/** Every request: hostile values in each place, and then documents as people might have them. */
function* requests() {
  for (const { shape, text } of bodies())
    for (const [method, path, place] of places) yield { shape, method, path, body: place(text) };
  for (const [shape, write] of Object.entries(wholeDocuments))
    for (const [method, path, place] of placesOfDocuments)
      yield { shape, method, path, body: JSON.stringify(place(write())) };
}

export const cases = [
  {
    name: 'bodies',
    title: `the longest that one body holds the event loop, ${places.length} places of a request`,
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        const server = await startServer(folder, { HEDDLE_LOG: 'error', ...unlimited }, ['--import', probe]);
        const agent = new Agent({ keepAlive: true });
        const send = (method, path, body) =>
          new Promise((resolve, reject) => {
            const sent = request(`${server.address}${path}`, {
              method,
              agent,
              headers: {
                'content-type': 'application/json',
                'content-length': Buffer.byteLength(body),
                // A draft is read and stored only where its revision is named.
                'if-match': '*',
              },
            });
            sent.on('response', (reply) => reply.resume().on('end', resolve).on('error', resolve));
            // A body that is over the bound ends its connection.
            sent.on('error', (error) =>
              error.code === 'ECONNRESET' || error.code === 'EPIPE' ? resolve() : reject(error),
            );
            sent.end(body);
          });
        const longest = () =>
          new Promise((resolve) => {
            server.pipe.once('data', (line) => resolve(JSON.parse(line)));
            server.pipe.write('?');
          });
        try {
          await server.post('/api/workflows', { document: echo, slug: 'echo' });
          const { dataMapHash } = await server.post('/api/workflows/echo/publish/check', {});
          await server.post('/api/workflows/echo/publish', { acceptDataMap: dataMapHash });
          // A server that has just started still compiles what it runs.
          for (const [method, path, place] of places)
            for (let time = 0; time < 100; time += 1) await send(method, path, place('{"a":1}'));
          const work = [];
          let worst = { work: 0 };
          for (const { shape, method, path, body } of requests()) {
            if (body.length > 10 * megabyte) continue;
            await longest();
            await send(method, path, body);
            await new Promise((resolve) => setTimeout(resolve, 10));
            const held = await longest();
            work.push(held.work);
            if (held.work > worst.work) {
              worst = { ...held, place: `${method} ${path}: ${shape}` };
              progress(`${worst.place} held the loop for ${held.work.toFixed(0)} ms`);
            }
          }
          work.sort((a, b) => a - b);
          return [
            { case: 'bodies-longest', unit: 'ms', samples: [work.at(-1)] },
            { case: 'bodies-p99', unit: 'ms', samples: [work[Math.floor(work.length * 0.99)]] },
          ];
        } finally {
          agent.destroy();
          await server.stop();
        }
      }),
  },
];

// Serves the page, and passes its requests on to Heddle with the key and the name of the user.
// HEDDLE_URL=… HEDDLE_KEY=hk_… WORKFLOW=ask-the-handbook node server.mjs
import { createServer as createHttpServer } from 'node:http';
import { Readable } from 'node:stream';
import { createServer } from 'vite';

const heddle = process.env.HEDDLE_URL ?? 'http://127.0.0.1:3000';
const chat = {
  workflow: process.env.WORKFLOW ?? 'ask-the-handbook',
  input: process.env.INPUT ?? 'question',
  output: process.env.OUTPUT ?? 'answer',
};

/** Who is signed in at your site. Take it from your own session, never from what the browser says. */
const userOf = (_request) => process.env.APP_USER ?? 'ann';

/** What a chat needs, and nothing else: a request to another path of Heddle would have the rights of the key. */
const allowed = [
  ['POST', new RegExp(`^/v1/workflows/${chat.workflow}$`)],
  ['GET', /^\/v1\/runs\/[\w-]+(?:\/events)?$/],
  ['POST', /^\/v1\/runs\/[\w-]+\/feedback$/],
  ['DELETE', /^\/v1\/runs\/[\w-]+\/feedback$/],
  ['GET', /^\/v1\/threads\/[\w-]+\/messages$/],
  // Stop, and the questions of a run to this user. Leave them out where your users do neither.
  ['POST', /^\/api\/runs\/[\w-]+\/cancel$/],
  ['GET', /^\/api\/human-inputs$/],
  ['POST', /^\/api\/runs\/[\w-]+\/human-inputs\/[\w-]+$/],
];

/** Headers that go on; the others of the browser, such as its cookies, stay here. */
const passed = ['accept', 'content-type', 'heddle-thread', 'idempotency-key', 'last-event-id'];

async function passOn(request, response) {
  const address = new URL(request.url.replace(/^\/heddle/, ''), heddle);
  const isAllowed = allowed.some(([method, path]) => method === request.method && path.test(address.pathname));
  // Without a run, the list would have the questions of all runs.
  if (!isAllowed || (address.pathname === '/api/human-inputs' && !address.searchParams.get('run'))) {
    response.writeHead(404).end();
    return;
  }
  const headers = Object.fromEntries(
    passed.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])),
  );
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const reply = await fetch(address, {
    method: request.method,
    headers: { ...headers, authorization: `Bearer ${process.env.HEDDLE_KEY}`, 'heddle-end-user': userOf(request) },
    body: request.method === 'POST' ? Readable.toWeb(request) : undefined,
    duplex: 'half',
    signal: gone.signal,
  });
  const kept = ['content-type', 'location', 'heddle-thread', 'retry-after', 'x-request-id'];
  const own = kept.flatMap((name) => (reply.headers.has(name) ? [[name, reply.headers.get(name)]] : []));
  response.writeHead(reply.status, Object.fromEntries(own));
  if (reply.body === null) response.end();
  else
    Readable.fromWeb(reply.body)
      .on('error', () => response.destroy())
      .pipe(response);
}

const vite = await createServer({
  root: import.meta.dirname,
  appType: 'spa',
  server: { middlewareMode: true, hmr: false, ws: false },
});
const server = createHttpServer((request, response) => {
  if (request.url === '/chat.json') response.end(JSON.stringify(chat));
  else if (request.url.startsWith('/heddle/'))
    passOn(request, response).catch(() => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  else vite.middlewares(request, response);
});
server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1', () =>
  console.log(`The chat is at http://127.0.0.1:${server.address().port}`),
);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    server.closeAllConnections();
    server.close();
    void vite.close().then(() => process.exit(0));
  });

// Serves the page, and passes its requests on to Heddle with the key and the name of the user.
// HEDDLE_URL=… HEDDLE_KEY=hk_… WORKFLOW=ask-the-handbook node server.mjs
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';

const heddle = process.env.HEDDLE_URL ?? 'http://127.0.0.1:3000';
const chat = {
  workflow: process.env.WORKFLOW ?? 'ask-the-handbook',
  input: process.env.INPUT ?? 'question',
  output: process.env.OUTPUT ?? 'answer',
};

/** The signed-in user of your site. Take it from your own session, never from what the browser says. */
const userOf = (_request) => process.env.APP_USER ?? 'ann';

/** Only what a chat needs: a request to any other path of Heddle would have the rights of the key. */
const allowed = [
  ['POST', new RegExp(`^/v1/workflows/${chat.workflow}$`)],
  ['GET', /^\/v1\/runs\/[\w-]+(?:\/events)?$/],
  ['POST', /^\/v1\/runs\/[\w-]+\/feedback$/],
  ['DELETE', /^\/v1\/runs\/[\w-]+\/feedback$/],
  ['GET', /^\/v1\/threads\/[\w-]+\/messages$/],
  // For stopping a run and answering its questions. Leave these out if your users do neither.
  ['POST', /^\/api\/runs\/[\w-]+\/cancel$/],
  ['GET', /^\/api\/human-inputs$/],
  ['POST', /^\/api\/runs\/[\w-]+\/human-inputs\/[\w-]+$/],
];

/** Headers that are passed on. Other headers of the browser, such as cookies, are not. */
const passed = ['accept', 'content-type', 'heddle-thread', 'idempotency-key', 'last-event-id'];

async function passOn(request, response) {
  const address = new URL(request.url.replace(/^\/heddle/, ''), heddle);
  const isAllowed = allowed.some(([method, path]) => method === request.method && path.test(address.pathname));
  // Without a run, the list would contain the questions of all runs.
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

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };

/** Sends a file that `vite build` created. */
async function sendFile(path, response) {
  const file = /^\/assets\/[\w.-]+$/.test(path) ? path : '/index.html';
  const content = await readFile(join(import.meta.dirname, 'dist', file)).catch(() => undefined);
  response.writeHead(content === undefined ? 404 : 200, { 'content-type': types[extname(file)] ?? 'text/plain' });
  response.end(content);
}

async function answer(request, response) {
  if (request.url === '/chat.json') response.end(JSON.stringify(chat));
  else if (request.url.startsWith('/heddle/')) await passOn(request, response);
  else await sendFile(request.url, response);
}

const server = createServer((request, response) => {
  answer(request, response).catch(() => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
});
server.listen(Number(process.env.PORT ?? 4000), '127.0.0.1', () =>
  console.log(`The chat is at http://127.0.0.1:${server.address().port}`),
);

// `node tools/replay/record.mjs [NAME…]`: runs the workflows of documents.mjs on the built server and writes their journals, with the
// decisions that the engine derives from them, to __fixtures__/. Replays are compared with these fixtures, so run it only if a rule of the
// engine was changed on purpose.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { compilePlan, createCatalog, parseDocument } from '@heddle/core';
import { replayDecisions } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { inTemporaryFolder } from '../bench/shared.mjs';
import { startServer, watchBySse } from '../bench/server-process.mjs';
import { documentOf, documents } from './documents.mjs';

const catalog = createCatalog(standardNodes);

/** Opens a web server that fails twice before it answers, and that has no other page. */
function openFlakyServer() {
  let calls = 0;
  const server = createServer((request, reply) => {
    calls += 1;
    const isThere = request.url === '/flaky';
    reply.writeHead(!isThere ? 404 : calls < 4 ? 503 : 200, { 'content-type': 'text/plain' }).end('hello');
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function record(server, name, address) {
  const document = documentOf(name, address);
  const { inputs } = documents[name];
  const { runId } = await server.post('/api/runs', { document, inputs });
  const events = [];
  for await (const event of watchBySse(server.address, runId)) {
    if (!('seq' in event)) continue;
    const { runId: _runId, ...rest } = event;
    events.push(rest);
    if (event.type === 'run-end') break;
  }
  const { plan, issues } = compilePlan(parseDocument(document), catalog);
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  const decisions = Object.fromEntries(replayDecisions(plan, events));
  const file = new URL(`./__fixtures__/${name}.json`, import.meta.url);
  writeFileSync(file, `${JSON.stringify({ document, events, decisions }, undefined, 1)}\n`);
  process.stdout.write(`${name}: ${events.length} events, ${events.at(-1).status}\n`);
}

const wanted = process.argv.slice(2);
const flaky = await openFlakyServer();
const address = `http://127.0.0.1:${flaky.address().port}`;
await inTemporaryFolder(async (folder) => {
  const server = await startServer(folder, { HEDDLE_FETCH_ALLOW: `127.0.0.1:${flaky.address().port}` });
  for (const name of wanted.length === 0 ? Object.keys(documents) : wanted) await record(server, name, address);
  await server.stop();
});
flaky.close();

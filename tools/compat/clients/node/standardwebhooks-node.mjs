// Checks standardwebhooks: its signature starts a run, and it verifies our signature.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { call, check, home, truthy } from './checks.mjs';

await check('webhooks: a message that the library signs starts a run once', async () => {
  const made = await call('/api/workflows/says/hooks', { name: 'In', inputs: { text: '{{ body.what }}' } });
  const body = JSON.stringify({ what: 'tea ☕' });
  const send = async (secret, at = new Date()) => {
    const reply = await fetch(`${home}/v1/hooks/${made.id}`, {
      ...{ method: 'POST', body },
      headers: {
        ...{ 'content-type': 'application/json', 'webhook-id': 'msg_node' },
        'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
        'webhook-signature': new Webhook(secret).sign('msg_node', at, body),
      },
    });
    return { status: reply.status, ...(await reply.json()) };
  };
  const first = await send(made.secret);
  const again = await send(made.secret);
  truthy(first.status === 202 && !first.isReplay, JSON.stringify(first));
  truthy(again.isReplay && again.runId === first.runId, JSON.stringify(again));
  for (const refused of [
    await send(made.secret, new Date(Date.now() - 3_600_000)),
    await send(`whsec_${'A'.repeat(32)}`),
  ])
    truthy(refused.status === 401 && refused.code !== undefined, JSON.stringify(refused));
});
await check('webhooks: the library verifies what we send', async () => {
  let received;
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    received = { headers: request.headers, body: Buffer.concat(parts).toString('utf8') };
    response.writeHead(204).end();
    server.emit('received');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${server.address().port}/`;
    const { secret } = await call('/api/workflows/says/webhooks', { name: 'Out', url, events: ['run.done'] });
    const came = once(server, 'received', { signal: AbortSignal.timeout(120_000) });
    const { runId } = await call('/v1/workflows/says', { text: 'milk' });
    await came;
    const sent = new Webhook(secret).verify(received.body, received.headers);
    truthy(sent.type === 'run.done' && sent.data.runId === runId, JSON.stringify(sent));
    let error;
    try {
      new Webhook(secret).verify(`${received.body} `, received.headers);
    } catch (thrown) {
      error = thrown;
    }
    truthy(error !== undefined, 'another body is verified');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

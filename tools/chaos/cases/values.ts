import type { RunReply } from '@heddle/core';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { greeting } from '../../e2e/documents.js';
import { begin, send, untilStatus } from '../../e2e/server-calls.js';
import { startServer, type ServerProcess } from '../../e2e/start-server.js';
import { createRandom } from '../random.js';
import type { FaultCase } from './fault-case.js';
import { hostileText } from './hostile-texts.js';
import { judgeValue } from './judge-value.js';
import type { GetSample } from './sample.js';

/** The number of other runs at the same time. */
const others = 3;
const longestRunMs = 60_000;

/** Gives a workflow a value that is too deep, too wide or too long. Its run must end with the reason, while other runs continue. */
export async function meetValue(_: GetSample, seed: number, number: number): Promise<FaultCase> {
  const hostile = hostileText(createRandom(seed, 30_000 + number));
  const text = hostile.text();
  const outside = createServer((_request, reply) => {
    reply.setHeader('content-type', 'application/json');
    reply.end(text);
  });
  await new Promise<void>((resolve) => outside.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(outside.address() as AddressInfo).port}`;
  const server = await startServer({ environment: { HEDDLE_FETCH_ALLOW: host } });
  try {
    const runId = await begin(server, fetching, { url: `http://${host}/` });
    const watch = watchReplies(server);
    const beside = Array.from({ length: others }, async (_other, index) => {
      const other = await begin(server, greeting, { name: `person ${index}` });
      return untilStatus(server, other, undefined, longestRunMs);
    });
    const end = await untilStatus(server, runId, undefined, longestRunMs).catch(() => undefined);
    const ends = await Promise.all(beside.map((run) => run.catch((): RunReply | undefined => undefined)));
    const violations = judgeValue({
      end: end === undefined ? undefined : { status: end.status, code: end.summary.error?.code },
      others: ends.map((run) => run?.status),
      slowestReplyMs: await watch.stop(),
      isHealthy: await isHealthy(server),
    });
    const outcome = end?.summary.error?.code ?? end?.status ?? 'no end';
    return { kind: 'values', number, detail: hostile.name, outcome, violations };
  } finally {
    await server.kill();
    outside.closeAllConnections();
    outside.close();
  }
}

/** A workflow that fetches an address and returns its JSON. */
export const fetching = {
  heddle: 2,
  name: 'Fetching',
  nodes: {
    given: { type: 'input', version: 1, config: { fields: [{ name: 'url', type: 'Text' }] } },
    call: { type: 'http', version: 1, config: { url: '{{ url }}', maxMegabytes: 100 } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'json', type: 'Json' }] } },
  },
  edges: [
    { from: 'given.url', to: 'call.url' },
    { from: 'call.json', to: 'reply.json' },
  ],
};

async function isHealthy(server: ServerProcess): Promise<boolean> {
  const { status } = JSON.parse((await send(server, '/api/health')).text) as { status: string };
  return status === 'ok';
}

/** Repeats a small request; returns the longest time to a reply. */
function watchReplies(server: ServerProcess): { stop(): Promise<number> } {
  let isOver = false;
  const work = async (): Promise<number> => {
    let slowest = 0;
    while (!isOver) {
      const begun = performance.now();
      await send(server, '/api/nodes');
      slowest = Math.max(slowest, performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return slowest;
  };
  const watching = work();
  return {
    stop: () => {
      isOver = true;
      return watching;
    },
  };
}

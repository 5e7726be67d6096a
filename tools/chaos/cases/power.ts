import { join } from 'node:path';
import { post, runOf, untilStatus } from '../../e2e/server-calls.js';
import { startServer, type ServerProcess } from '../../e2e/start-server.js';
import { pause } from '../client-world.js';
import { openLedger, type Ledger } from '../ledger.js';
import { createRandom } from '../random.js';
import type { FaultCase } from './fault-case.js';
import { imageDisk, type ImageDisk } from './image-disk.js';
import { judgePower, type PowerHistory } from './judge-power.js';
import type { GetSample } from './sample.js';
import { startOrEnd } from './start-or-end.js';

const clients = 4;
const longestRunMs = 60_000;

/**
 * Cuts the power of a working server, so that everything that its file system had not written is lost. Then starts the server on what is
 * left.
 */
export async function cutPower(_: GetSample, seed: number, number: number): Promise<FaultCase> {
  const disk = imageDisk();
  const about = { kind: 'power', number } as const;
  if (disk === undefined)
    return { ...about, detail: '', outcome: 'skipped (this user may not mount an image)', violations: [] };
  const ledger = await openLedger();
  try {
    const ms = createRandom(seed, 40_000 + number).between(300, 4_000);
    return { ...about, ...(await cutAfter(ms, disk, ledger)) };
  } finally {
    await ledger.close();
    disk.remove();
  }
}

async function cutAfter(ms: number, disk: ImageDisk, ledger: Ledger): Promise<Omit<FaultCase, 'kind' | 'number'>> {
  const data = join(disk.folder, 'data');
  const environment = { HEDDLE_FETCH_ALLOW: ledger.host };
  const server = await startServer({ data, environment });
  const work = workOn(server, ledger.address);
  await pause(ms);
  process.kill(server.pid, 'SIGSTOP');
  // What clients learn from here on does not count, because the power was cut before.
  work.stop();
  disk.cut();
  await server.kill();
  await work.ended;
  disk.mountCut();
  const started = await startOrEnd(data, environment);
  const detail = `after ${Math.round(ms)} ms of work, ${work.accepted.size} runs accepted, ${work.seen.size} ends seen`;
  if (!started.isListening)
    return { detail, outcome: 'refused', violations: [`the start was refused: ${started.text}`] };
  const after = new Map<string, { readonly status: string; readonly outputs: unknown }>();
  for (const runId of work.accepted.keys()) {
    const end = await untilStatus(started.server, runId, undefined, longestRunMs).catch(() => undefined);
    if (end !== undefined) after.set(runId, { status: end.status, outputs: end.outputs });
  }
  await started.server.kill();
  const violations = judgePower({ accepted: work.accepted, seen: work.seen, after, ledger: ledger.entries });
  return { detail, outcome: violations.length === 0 ? 'kept' : 'not kept', violations };
}

interface Work extends Pick<PowerHistory, 'accepted' | 'seen'> {
  readonly ended: Promise<unknown>;
  stop(): void;
}

/** Runs clients that start runs and wait for their ends, until they are stopped. */
function workOn(server: ServerProcess, ledger: string): Work {
  const accepted = new Map<string, string>();
  const seen = new Map<string, unknown>();
  const document = telling(ledger);
  let isStopped = false;
  let index = 0;
  const work = async (): Promise<void> => {
    while (!isStopped) {
      index += 1;
      const tag = `run-${index}`;
      const reply = await post(server, '/api/runs', { document, inputs: { tag } });
      if (isStopped || reply.status !== 202) continue;
      const { runId } = JSON.parse(reply.text) as { runId: string };
      accepted.set(runId, tag);
      for (let isEnded = false; !isEnded && !isStopped;) {
        const { status, outputs } = await runOf(server, runId);
        isEnded = status === 'done';
        if (isEnded && !isStopped) seen.set(runId, outputs);
        await pause(20);
      }
    }
  };
  const ended = Promise.all(Array.from({ length: clients }, () => work().catch(() => undefined)));
  return { accepted, seen, ended, stop: () => (isStopped = true) };
}

/** Computes a random value, sends it to the ledger, and returns it. */
const telling = (ledger: string) => ({
  heddle: 2,
  name: 'Telling',
  nodes: {
    who: { type: 'input', version: 1, config: { fields: [{ name: 'tag', type: 'Text' }] } },
    draw: { type: 'code', version: 1, config: { code: 'return String(Math.random());' } },
    tell: {
      type: 'http',
      version: 1,
      config: { method: 'POST', url: `${ledger}/{{ tag }}/tell`, body: { kind: 'text', text: '{{ heard }}' } },
      run: { retry: { attempts: 3, backoffMs: 100 } },
    },
    reply: {
      type: 'output',
      version: 1,
      config: {
        fields: [
          { name: 'drawn', type: 'Json' },
          { name: 'told', type: 'Json' },
        ],
      },
    },
  },
  edges: [
    { from: 'who.tag', to: 'draw.value' },
    { from: 'who.tag', to: 'tell.tag' },
    { from: 'draw.result', to: 'tell.heard' },
    { from: 'draw.result', to: 'reply.drawn' },
    { from: 'tell.json', to: 'reply.told' },
  ],
});

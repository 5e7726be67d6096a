import { afterEach, describe, expect, it } from '@jest/globals';
import type { CanaryStore } from '@heddle/adapters/stores';
import { localPrincipal, type LivePointer, type WorkflowDocument } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../channels/testing/open-published.js';
import { silentLog } from '../common/log.js';
import { openHeddle, type OpenedHeddle } from '../heddle/open-heddle.js';
import { readSettings } from '../settings/read-settings.js';
import { echoDocument } from '../testing/echo-document.js';
import { CanaryWatch } from './canary-watch.js';
import { chooseVersion } from './choose-version.js';

const canary = { version: 2, share: 0.25, maxErrorRate: 0.5, maxMeanMs: 100, minRuns: 4 };

/** The pointer once a canary with these figures was judged. */
async function judged(runs: number, failed: number, meanMs: number, version = 2): Promise<LivePointer> {
  let live: LivePointer = { version: 1, canary };
  const counted = { workflowId: 'w', version, figures: { runs, failed, meanMs } };
  const store: CanaryStore = {
    projection: { types: [], write: () => undefined },
    whenCounted: () => undefined,
    get: () => counted,
    list: () => [counted],
  };
  const watch = new CanaryWatch(
    store,
    () => Promise.resolve(live),
    (_id, pointer) => Promise.resolve(void (live = pointer)),
    { now: () => 5_000 },
    silentLog,
  );
  watch.start();
  await watch.stop();
  return live;
}

describe('canaries', () => {
  it('are taken back when too many runs fail or the runs are too slow, and not before enough were seen', async () => {
    expect(await judged(3, 3, 1)).toEqual({ version: 1, canary });
    const takenBack = { version: 2, at: 5_000, runs: 4 };
    expect(await judged(4, 3, 1)).toEqual({ version: 1, takenBack: { ...takenBack, failed: 3, meanMs: 1 } });
    expect(await judged(4, 0, 101)).toEqual({ version: 1, takenBack: { ...takenBack, failed: 0, meanMs: 101 } });
    expect(await judged(9, 4, 99)).toEqual({ version: 1, canary });
  });

  it('are not judged by the runs of another version', async () => {
    expect(await judged(9, 9, 1, 3)).toEqual({ version: 1, canary });
  });

  it('get their share of the callers, each always the same version', () => {
    const chosen = Array.from({ length: 4_000 }, (_, index) =>
      chooseVersion({ version: 1, canary }, 'w', `key:${index}`),
    );
    const share = chosen.filter((version) => version === 2).length / chosen.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.3);
    expect(chooseVersion({ version: 1, canary }, 'w', 'key:7')).toBe(chosen[7]);
  });
});

describe('a canary over a restart', () => {
  let folder = '';
  let heddle: OpenedHeddle | undefined;
  const close = async (): Promise<void> => {
    await heddle?.stop();
    await heddle?.close();
    heddle = undefined;
  };
  afterEach(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps what was counted, and is taken back by the failures of both lives', async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-canary-'));
    const settings = readSettings({ HEDDLE_DATA: folder, HEDDLE_STOP_MS: '0' });
    const open = async (): Promise<OpenedHeddle> => {
      const opened = await openHeddle(settings, { kind: 'server', log: silentLog });
      await opened.recover(false);
      return opened;
    };
    heddle = await open();
    const { id } = await heddle.workflows.create(echoDocument(), 'echo');
    await heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
    await heddle.workflows.save(id, failingDocument(), undefined);
    const live = { acceptDataMap: true, canary: { share: 1, minRuns: 4 } } as const;
    await heddle.publishing.versions.publish('echo', live, localPrincipal);
    const call = async ({ publishing }: OpenedHeddle): Promise<string> => {
      const { runId } = await publishing.runs.start({
        slug: 'echo',
        inputs: { question: 'hi' },
        principal: localPrincipal,
        channel: 'v1',
      });
      return (await publishing.runs.result(runId, localPrincipal)).status;
    };
    expect([await call(heddle), await call(heddle), await call(heddle)]).toEqual(['failed', 'failed', 'failed']);
    await close();
    heddle = await open();
    expect(await heddle.publishing.versions.versions('echo')).toMatchObject({
      live: { canary: { version: 2 } },
      canary: { runs: 3, failed: 3 },
    });
    await call(heddle);
    const { versions } = heddle.publishing;
    await until(async () => ((await versions.versions('echo')).live?.canary === undefined ? true : undefined));
    expect((await versions.versions('echo')).live).toMatchObject({
      version: 1,
      takenBack: { version: 2, runs: 4, failed: 4 },
    });
    expect(await call(heddle)).toBe('done');
  });
});

/** The same inputs and outputs, and an effect that is refused: an address of this machine. */
function failingDocument(): WorkflowDocument {
  const echo = echoDocument();
  return {
    ...echo,
    nodes: { ...echo.nodes, say: { type: 'http', version: 1, config: { url: 'http://127.0.0.1:9/{{ question }}' } } },
    edges: [
      { from: 'question.question', to: 'say.question' },
      { from: 'say.body', to: 'reply.answer' },
    ],
  };
}

import { afterEach, expect, it } from '@jest/globals';
import type { Journal } from '@heddle/core';
import { acceptanceOf, bundleNamed, createFakeClock, records } from '@heddle/core/testing';
import { createMemoryJournal } from '@heddle/engine';
import { silentLog } from '../common/log.js';
import { RunHub } from '../live/run-hub.js';
import { startCollector, type TestCollector } from '../testing/test-collector.js';
import { TraceExporter } from './trace-exporter.js';

let collector: TestCollector | undefined;
let exporter: TraceExporter | undefined;
afterEach(async () => {
  await exporter?.stop();
  await collector?.close();
});

it('exports the spans of a running run, and at its end only the new ones', async () => {
  const clock = createFakeClock(5_000);
  const journal: Journal = createMemoryJournal(clock);
  const hub = new RunHub(journal, clock);
  collector = await startCollector();
  const jobs = { get: () => Promise.reject(new Error('no job')) };
  exporter = new TraceExporter({ otlpUrl: collector.url, otlpHeaders: {} }, journal, hub, jobs, clock, silentLog);
  exporter.start();
  await journal.accept(acceptanceOf('r'), bundleNamed('A'));
  const write = async (...written: Parameters<Journal['append']>[1]): Promise<void> => {
    const before = (await journal.summary('r')).lastSeq;
    await journal.append('r', written);
    hub.emit('r', await journal.events('r', { after: before }));
  };
  await write(records.runStart(), records.nodeEnd('first'), records.nodeStart('second'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(collector.spans).toEqual([]);
  await clock.advance(5_000);
  await collector.span('first');
  await write(records.nodeEnd('second'), records.runEnd());
  await collector.span('Sample');
  expect(collector.spans.map(({ name }) => name)).toEqual(['first', 'Sample', 'second']);
});

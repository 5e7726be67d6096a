import { describe, expect, it } from '@jest/globals';
import type { SourceChange, SourceConnector } from '../../ports/sources/source-connector.js';
import { memorySubject } from './memory-source.js';
import { sourceConnectorSuite, testSourceConnector } from './source-suite.js';

testSourceConnector({ describe, it }, 'memory', memorySubject, [
  'limit',
  'setToken',
  'cutPages',
  'forgetCursors',
  'setReaders',
  'downloads',
]);

/** The connector in memory with a fault in what it reports. */
function faulty(change: (one: SourceChange) => readonly SourceChange[]): ReturnType<typeof memorySubject> {
  const subject = memorySubject();
  const { connector } = subject;
  const changes: SourceConnector['changes'] = async function* changes(request) {
    for await (const one of connector.changes(request as never)) yield* change(one);
  };
  return { ...subject, connector: { ...connector, changes } };
}

const failuresOf = async (open: () => ReturnType<typeof memorySubject>): Promise<readonly string[]> => {
  const failed: string[] = [];
  for (const one of sourceConnectorSuite) await one.run(open()).catch(() => failed.push(one.name));
  return failed;
};

describe('the suite of connectors fails for a connector that', () => {
  it.each<[string, (one: SourceChange) => readonly SourceChange[]]>([
    ['reports no deletions', (one) => (one.type === 'delete' ? [] : [one])],
    ['never completes a listing', (one) => (one.type === 'checkpoint' ? [{ ...one, isComplete: false }] : [one])],
    ['leaves documents out', (one) => (one.type === 'upsert' && one.document.id === 'd2' ? [] : [one])],
    [
      'has no stable ids',
      (one) => (one.type === 'upsert' ? [{ ...one, document: { ...one.document, id: String(Math.random()) } }] : [one]),
    ],
    [
      'gives a checkpoint too early',
      (one) => (one.type === 'upsert' ? [{ type: 'checkpoint', cursor: '1:9999' }, one] : [one]),
    ],
    [
      'has one version for all contents',
      (one) =>
        one.type === 'upsert'
          ? [{ ...one, document: { ...one.document, etag: 'same', title: 'same', url: 'same' } }]
          : [one],
    ],
  ])('%s', async (_, change) => {
    expect(await failuresOf(() => faulty(change))).not.toEqual([]);
  });
});

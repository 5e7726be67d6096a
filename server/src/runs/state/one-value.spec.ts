import { afterEach, expect, it, jest } from '@jest/globals';
import { acceptanceOf, appendTo, bundleNamed, labelled, records } from '@heddle/core/testing';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

let server: TestServer | undefined;
afterEach(async () => server?.close());

it('reads one value or step without loading the other records of its run', async () => {
  const own = (server = await startTestServer({ withStoredJournal: true }));
  const { journal } = own.heddle.parts;
  await journal.accept(acceptanceOf('run-1'), bundleNamed('Sample'));
  const paths = Array.from({ length: 300 }, (_, index) => `n${index}`);
  const step = { type: 'node-step', time: 1, path: 'n7', attempt: 1, key: 'call', value: labelled('asked') } as const;
  await appendTo(journal, 'run-1', [records.runStart(), step]);
  await appendTo(
    journal,
    'run-1',
    paths.map((path) => records.nodeEnd(path, `text of ${path}`)),
  );
  await appendTo(journal, 'run-1', [records.runEnd()]);
  const reading = jest.spyOn(journal, 'events');
  const ask = async (query: string): Promise<unknown> =>
    (await own.call('GET', `/api/runs/run-1/values?path=n7&${query}`)).body.value;
  expect([await ask('port=text'), await ask('step=call')]).toEqual(['text of n7', 'asked']);
  const read = await Promise.all(reading.mock.results.map(({ value }) => value as ReturnType<typeof journal.events>));
  expect(read.map((events) => events.map((event) => ('path' in event ? event.path : undefined)))).toEqual([
    ['n7', 'n7'],
    ['n7', 'n7'],
  ]);
});

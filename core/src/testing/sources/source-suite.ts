import { z } from 'zod';
import { HeddleError } from '../../errors/heddle-error.js';
import type { SourceConnector, SourceRequest } from '../../ports/sources/source-connector.js';
import type { SyncReport } from '../../ports/sources/sync-parts.js';
import { syncSource } from '../../sources/sync-source.js';
import { check, checkEqual, checkRejects, type SuiteCase } from '../suite.js';
import { seededNumbers } from '../vector-store/fixtures.js';
import { createMemorySync, killed, textOf, type MemorySync } from './memory-sync.js';

/** Faults that a test can cause in a source. A connector must handle each fault that its source can have. */
export interface SourceFaults {
  /** Refuses the next requests with a time to wait, like status 429 with Retry-After. */
  limit?(times: number, retryAfterMs: number): void;
  /** Sets whether the source accepts the credentials. */
  setToken?(isValid: boolean): void;
  /** Truncates the next pages. */
  cutPages?(times: number): void;
  /** Invalidates all earlier cursors. */
  forgetCursors?(): void;
  /** Changes who may read a document at the source without changing its content. */
  setReaders?(name: string, readers: readonly string[]): Promise<void>;
}

/** What the suite tests: a connector, and a real or simulated source that the test can change. The source is empty at first. */
export interface SourceConnectorSubject<Config = unknown> {
  readonly connector: SourceConnector<Config>;
  /** The configuration as a person writes it; the schema parses it. */
  readonly config: unknown;
  readonly badConfigs: readonly unknown[];
  /** External resources for the connector. Using one that is missing fails. */
  readonly request?: Partial<Omit<SourceRequest<Config>, 'config' | 'cursor' | 'known' | 'signal' | 'wait'>>;
  /**
   * Creates or changes a document with this text. Names consist of lower-case letters and digits with `.md`, in folders at most two levels
   * deep.
   */
  write(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Converts a text that was written to the text in the collection. Default: the same text. */
  textOf?(content: string): string;
  /** Returns how many contents were loaded so far. */
  downloads?(): number;
  readonly faults?: SourceFaults;
  close?(): Promise<void>;
}

/** A case of the suite. It is skipped for connectors whose source cannot have the fault. */
export interface SourceCase extends SuiteCase<SourceConnectorSubject> {
  readonly needs?: keyof SourceFaults | 'downloads';
}

/** The functions of a test runner that `testSourceConnector` uses. */
export interface TestRunner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>, timeoutMs?: number) => void;
}

/**
 * Tests a connector with the suite. `has` names the faults that its source can have; each of them must be in the subject.
 *
 * @example testSourceConnector({ describe, it }, 'memory', () => memorySubject(), ['limit', 'setToken', 'downloads']);
 */
export function testSourceConnector(
  { describe, it }: TestRunner,
  name: string,
  open: () => Promise<SourceConnectorSubject> | SourceConnectorSubject,
  has: readonly (keyof SourceFaults | 'downloads')[] = [],
): void {
  describe(`the source '${name}'`, () => {
    for (const one of sourceConnectorSuite) {
      const { name: title, needs } = one;
      if (needs !== undefined && !has.includes(needs)) continue;
      it(
        title,
        async () => {
          const subject = await open();
          try {
            await one.run(subject);
          } finally {
            await subject.close?.();
          }
        },
        120_000,
      );
    }
  });
}

/** A source and the collection that is synced with it. */
class Bench {
  readonly mirror: MemorySync = createMemorySync();
  readonly expected = new Map<string, string>();
  readonly waits: number[] = [];
  signal: AbortSignal = new AbortController().signal;

  readonly subject: SourceConnectorSubject;

  constructor(subject: SourceConnectorSubject) {
    this.subject = subject;
  }

  async write(name: string, text: string): Promise<void> {
    await this.subject.write(name, text);
    this.expected.set(name, this.subject.textOf?.(text) ?? text);
  }

  async remove(name: string): Promise<void> {
    await this.subject.remove(name);
    this.expected.delete(name);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.subject.rename(from, to);
    const text = this.expected.get(from);
    this.expected.delete(from);
    if (text !== undefined) this.expected.set(to, text);
  }

  sync(options: { readonly isFull?: boolean; readonly mayEmpty?: boolean } = {}): Promise<SyncReport> {
    const { connector, config, request } = this.subject;
    const given = {
      ...nothing,
      ...request,
      config: connector.config.parse(config),
      signal: this.signal,
      wait: (ms: number) => {
        this.waits.push(ms);
        return Promise.resolve();
      },
    };
    return syncSource({
      connector,
      request: given,
      state: this.mirror.state,
      target: this.mirror.target,
      settings: {},
      hash: (text) => text,
      ...options,
    });
  }

  checkMirror(what: string): void {
    const texts = [...this.mirror.documents.values()].map(({ content }) => textOf(content).trim()).sort();
    const expected = [...this.expected.values()].map((text) => text.trim()).sort();
    checkEqual(texts, expected, what);
    checkEqual([...this.mirror.failures], [], `${what}: failures`);
  }
}

const unavailable = (what: string) => (): Promise<never> =>
  Promise.reject(new HeddleError('internal', `The subject of the suite has no '${what}'.`));

const nothing: Omit<SourceRequest, 'config' | 'signal' | 'wait' | 'cursor' | 'known'> = {
  fetch: { destination: { name: 'web', clearance: 'internal', isLocal: false }, fetch: unavailable('fetch') },
  files: {
    read: unavailable('files'),
    locate: unavailable('files'),
    walk: () => {
      throw new HeddleError('internal', "The subject of the suite has no 'files'.");
    },
  },
  checkHost: unavailable('checkHost'),
  workFolder: unavailable('workFolder'),
  maxBytes: 1_000_000,
  now: () => Date.now(),
};

const opened = async (subject: SourceConnectorSubject, documents = 7): Promise<Bench> => {
  const bench = new Bench(subject);
  for (let number = 1; number <= documents; number += 1)
    await bench.write(`a${number}.md`, `# Page ${number}\n\nText ${number} of the page.`);
  return bench;
};

/** Makes one random change to the source. */
async function change(bench: Bench, random: () => number, number: number): Promise<void> {
  const names = [...bench.expected.keys()];
  const name = names[Math.floor(random() * names.length)];
  const what = random();
  const folder = ['', 'f1/', 'f2/deep/'][Math.floor(random() * 3)] ?? '';
  if (name === undefined || names.length < 3 || what < 0.4)
    await bench.write(`${folder}n${number}.md`, `# New ${number}\n\nMade ${number}.`);
  else if (what < 0.65) await bench.write(name, `# Changed ${number}\n\nChanged ${number}.`);
  else if (what < 0.85) await bench.remove(name);
  else await bench.rename(name, `${folder}r${number}.md`);
}

/** The conformance suite of source connectors. */
export const sourceConnectorSuite: readonly SourceCase[] = [
  {
    name: 'describes itself, and its configuration has a schema for forms that refuses what does not fit',
    run({ connector, config, badConfigs }) {
      check(/^[a-z][a-z0-9-]{0,30}$/.test(connector.kind), `the kind is '${connector.kind}'`);
      check(connector.title !== '' && connector.description !== '', 'title and description');
      const schema = z.toJSONSchema(connector.config, { io: 'input', unrepresentable: 'any' });
      checkEqual(schema.type, 'object', 'the schema must be of an object');
      check(connector.config.safeParse(config).success, 'its own configuration must fit');
      check(badConfigs.length > 0, 'the subject names a configuration that does not fit');
      for (const bad of [...badConfigs, null, 'text', []])
        check(!connector.config.safeParse(bad).success, `${JSON.stringify(bad)} must not fit`);
      return Promise.resolve();
    },
  },
  {
    name: 'lists everything in the first sync',
    async run(subject) {
      const bench = await opened(subject);
      const report = await bench.sync();
      bench.checkMirror('after the first sync');
      checkEqual(report.stored, 7, 'stored documents');
    },
  },
  {
    name: 'stores nothing where nothing changed',
    async run(subject) {
      const bench = await opened(subject);
      await bench.sync();
      const report = await bench.sync();
      checkEqual([report.stored, report.removed, report.failed], [0, 0, 0], 'stored, removed and failed documents');
      const full = await bench.sync({ isFull: true });
      checkEqual([full.named, full.stored, full.unchanged], [7, 0, 7], 'of a full sync');
      bench.checkMirror('after three syncs');
    },
  },
  {
    name: 'loads no content that did not change',
    needs: 'downloads',
    async run(subject) {
      const bench = await opened(subject);
      await bench.sync();
      const before = subject.downloads?.();
      await bench.sync({ isFull: true });
      checkEqual(subject.downloads?.(), before, 'downloads of unchanged contents');
      await bench.write('a3.md', '# Page 3\n\nAnother text.');
      await bench.sync();
      checkEqual(subject.downloads?.(), (before ?? 0) + 1, 'downloads after one change');
      bench.checkMirror('after the change');
    },
  },
  {
    name: 'follows what is made, changed, deleted and renamed',
    async run(subject) {
      const bench = await opened(subject);
      await bench.sync();
      await bench.write('f1/new.md', '# New\n\nA new page.');
      await bench.write('a1.md', '# Page 1\n\nChanged.');
      await bench.remove('a2.md');
      await bench.rename('a3.md', 'f2/deep/moved.md');
      await bench.sync();
      bench.checkMirror('after one of each');
      await bench.remove('f1/new.md');
      await bench.write('a2.md', '# Page 2\n\nBack again.');
      await bench.sync();
      bench.checkMirror('after a document came back');
    },
  },
  {
    name: 'removes nothing where the source is suddenly empty, unless that is allowed',
    async run(subject) {
      const bench = await opened(subject, 3);
      await bench.sync();
      for (const name of [...bench.expected.keys()]) await subject.remove(name);
      await checkRejects(bench.sync({ isFull: true }), 'source_empty');
      bench.checkMirror('after the refused sync');
      bench.expected.clear();
      await bench.sync({ isFull: true, mayEmpty: true });
      bench.checkMirror('after it was allowed');
    },
  },
  {
    name: 'ends as an exact mirror after random changes, under kills at every point',
    async run(subject) {
      const random = seededNumbers(20);
      const bench = await opened(subject);
      for (let number = 1; number <= 60; number += 1) {
        await change(bench, random, number);
        if (random() < 0.5) continue;
        bench.mirror.killAfter(Math.floor(random() * 12));
        await bench.sync().catch((error: unknown) => {
          if (!String(error).includes(killed)) throw error;
        });
        bench.mirror.revive();
      }
      await bench.sync();
      bench.checkMirror('after 60 changes');
    },
  },
  {
    name: 'goes on after a kill at each step of one sync',
    async run(subject) {
      const bench = await opened(subject);
      for (let steps = 0; ; steps += 1) {
        const fresh = new Bench(subject);
        for (const [name, text] of bench.expected) fresh.expected.set(name, text);
        fresh.mirror.killAfter(steps);
        const isDone = await fresh.sync().then(
          () => true,
          (error: unknown) => {
            if (!String(error).includes(killed)) throw error;
            return false;
          },
        );
        fresh.mirror.revive();
        await fresh.sync();
        fresh.checkMirror(`after a kill at step ${steps}`);
        if (isDone) return;
      }
    },
  },
  {
    name: 'ends at the abort, and the next sync goes on',
    async run(subject) {
      const bench = await opened(subject);
      const stop = new AbortController();
      bench.signal = stop.signal;
      stop.abort();
      await checkRejects(bench.sync(), 'aborted');
      bench.signal = new AbortController().signal;
      await bench.sync();
      bench.checkMirror('after the abort');
    },
  },
  {
    name: 'waits as long as the source asks',
    needs: 'limit',
    async run(subject) {
      const bench = await opened(subject);
      subject.faults?.limit?.(2, 7_000);
      await bench.sync();
      check(
        bench.waits.filter((ms) => ms >= 7_000 && ms < 8_500).length >= 2,
        `it waited ${bench.waits.join(', ')} ms`,
      );
      bench.checkMirror('after the waits');
      subject.faults?.limit?.(1, 86_400_000);
      const before = bench.waits.length;
      await checkRejects(bench.sync({ isFull: true }), 'source_rate_limited');
      checkEqual(bench.waits.length, before, 'a day is not waited for');
      bench.checkMirror('after the refusal');
    },
  },
  {
    name: 'keeps everything while the sign-in is refused',
    needs: 'setToken',
    async run(subject) {
      const bench = await opened(subject);
      await bench.sync();
      subject.faults?.setToken?.(false);
      await checkRejects(bench.sync(), 'source_unauthorized');
      await checkRejects(bench.sync({ isFull: true }), 'source_unauthorized');
      bench.checkMirror('while the sign-in is refused');
      subject.faults?.setToken?.(true);
      await bench.write('a1.md', '# Page 1\n\nChanged meanwhile.');
      await bench.sync();
      bench.checkMirror('after the sign-in');
    },
  },
  {
    name: 'reads a page that was cut off again',
    needs: 'cutPages',
    async run(subject) {
      const bench = await opened(subject);
      subject.faults?.cutPages?.(2);
      await bench.sync();
      bench.checkMirror('after two cut pages');
      await bench.remove('a4.md');
      subject.faults?.cutPages?.(1);
      await bench.sync();
      bench.checkMirror('after a cut page and a deletion');
      subject.faults?.cutPages?.(1_000);
      check(
        await bench.sync({ isFull: true }).then(
          () => false,
          () => true,
        ),
        'pages that are always cut off must fail',
      );
      subject.faults?.cutPages?.(0);
      bench.checkMirror('after pages that are always cut off');
    },
  },
  {
    name: 'lists everything where its cursor is not known any more',
    needs: 'forgetCursors',
    async run(subject) {
      const bench = await opened(subject);
      await bench.sync();
      await bench.remove('a5.md');
      await bench.write('a6.md', '# Page 6\n\nChanged.');
      subject.faults?.forgetCursors?.();
      await bench.sync();
      bench.checkMirror('after the cursor was forgotten');
    },
  },
  {
    name: 'follows a change of readers',
    needs: 'setReaders',
    async run(subject) {
      const bench = await opened(subject, 2);
      await subject.faults?.setReaders?.('a1.md', ['oidc-group:one']);
      await bench.sync();
      const lists = (): unknown =>
        [...bench.mirror.documents.values()].flatMap(({ readers }) =>
          readers === undefined || readers === null ? [] : [readers],
        );
      checkEqual(lists(), [['oidc-group:one']], 'readers at first');
      await subject.faults?.setReaders?.('a1.md', ['oidc-group:two']);
      await bench.sync();
      checkEqual(lists(), [['oidc-group:two']], 'readers after the change');
      await subject.faults?.setReaders?.('a1.md', []);
      await bench.sync();
      checkEqual(lists(), [[]], 'nobody may read it');
    },
  },
];

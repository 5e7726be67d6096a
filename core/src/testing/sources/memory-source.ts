import { z } from 'zod';
import { HeddleError } from '../../errors/heddle-error.js';
import type {
  SourceChange,
  SourceConnector,
  SourceDocument,
  SourceRequest,
} from '../../ports/sources/source-connector.js';
import type { SourceConnectorSubject } from './source-suite.js';

const MemoryConfig = z.object({ pageSize: z.int().min(1).max(100).default(3) });
type MemoryConfig = z.infer<typeof MemoryConfig>;

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly readers: readonly string[] | undefined;
}

/** A change in the log of the source. If `entry` is undefined, the document was deleted. */
interface Logged {
  readonly id: string;
  readonly entry: Entry | undefined;
}

/** Documents of a source in memory, with stable ids, a log of changes, pages and faults. It is an example of what a connector must do. */
export class MemoryWorld {
  readonly log: Logged[] = [];
  readonly byName = new Map<string, Entry>();
  /** Cursors of another epoch are unknown. */
  epoch = 1;
  downloads = 0;
  isTokenValid = true;
  limited: { times: number; retryAfterMs: number } = { times: 0, retryAfterMs: 0 };
  cutPages = 0;
  private made = 0;

  write(name: string, text: string): void {
    const id = this.byName.get(name)?.id ?? `d${(this.made += 1)}`;
    this.set({ id, name, text, readers: this.byName.get(name)?.readers });
  }

  remove(name: string): void {
    const entry = this.byName.get(name);
    if (entry === undefined) return;
    this.byName.delete(name);
    this.log.push({ id: entry.id, entry: undefined });
  }

  rename(from: string, to: string): void {
    const entry = this.byName.get(from);
    if (entry === undefined) return;
    this.byName.delete(from);
    this.set({ ...entry, name: to });
  }

  setReaders(name: string, readers: readonly string[]): void {
    const entry = this.byName.get(name);
    if (entry !== undefined) this.set({ ...entry, readers });
  }

  /** One page of documents or of the log. Errors: `source_unauthorized`, `source_rate_limited`, `source_unreachable`. */
  page<Item>(items: readonly Item[], start: number, size: number): readonly Item[] {
    if (!this.isTokenValid)
      throw new HeddleError('source_unauthorized', 'The source refused the sign-in: set its secret again.');
    if (this.limited.times > 0) {
      this.limited.times -= 1;
      const { retryAfterMs } = this.limited;
      throw new HeddleError('source_rate_limited', 'The source asks to wait.', { details: { retryAfterMs } });
    }
    if (this.cutPages > 0) {
      this.cutPages -= 1;
      throw new HeddleError('source_unreachable', 'The page was cut off.');
    }
    return items.slice(start, start + size);
  }

  private set(entry: Entry): void {
    this.byName.set(entry.name, entry);
    this.log.push({ id: entry.id, entry });
  }
}

/** Creates a connector for a source in memory. */
export function createMemorySource(world: MemoryWorld): SourceConnector<MemoryConfig> {
  return {
    kind: 'memory',
    title: 'Memory',
    description: 'Documents in memory, for tests.',
    config: MemoryConfig,
    capabilities: { isIncremental: true, hasReaders: true, secret: 'none' },
    changes: (request) =>
      request.cursor === undefined ? list(world, request) : follow(world, request, request.cursor),
  };
}

async function* list(world: MemoryWorld, { config }: SourceRequest<MemoryConfig>): AsyncGenerator<SourceChange> {
  yield { type: 'listing' };
  // Changes during the listing follow this position in the log.
  const cursor = `${world.epoch}:${world.log.length}`;
  const entries = [...world.byName.values()];
  for (let start = 0; start < entries.length; start += config.pageSize)
    for (const entry of world.page(entries, start, config.pageSize)) yield upsert(world, entry);
  yield { type: 'checkpoint', cursor, isComplete: true };
}

async function* follow(
  world: MemoryWorld,
  { config }: SourceRequest<MemoryConfig>,
  cursor: string,
): AsyncGenerator<SourceChange> {
  const [epoch, start] = cursor.split(':').map(Number);
  if (epoch !== world.epoch) throw new HeddleError('source_cursor_invalid', 'The cursor is of another time.');
  for (let at = start ?? 0; ;) {
    const page = world.page(world.log, at, config.pageSize);
    for (const { id, entry } of page) yield entry === undefined ? { type: 'delete', id } : upsert(world, entry);
    at += page.length;
    yield { type: 'checkpoint', cursor: `${world.epoch}:${at}` };
    if (page.length === 0) return;
  }
}

const upsert = (world: MemoryWorld, entry: Entry): SourceChange => ({
  type: 'upsert',
  document: documentOf(world, entry),
});

const documentOf = (world: MemoryWorld, { id, name, text, readers }: Entry): SourceDocument => ({
  id,
  title: name,
  url: `https://memory.example/${encodeURIComponent(name)}`,
  etag: text,
  readers,
  content: () => {
    world.downloads += 1;
    return Promise.resolve({ content: text, mediaType: 'text/plain' });
  },
});

function soon(work: () => void): Promise<void> {
  work();
  return Promise.resolve();
}

/** Returns a source in memory as a subject of the suite. */
export function memorySubject(): SourceConnectorSubject<MemoryConfig> {
  const world = new MemoryWorld();
  return {
    connector: createMemorySource(world),
    config: {},
    badConfigs: [{ pageSize: 0 }, { pageSize: 'many' }],
    write: (name, text) => soon(() => world.write(name, text)),
    remove: (name) => soon(() => world.remove(name)),
    rename: (from, to) => soon(() => world.rename(from, to)),
    downloads: () => world.downloads,
    faults: {
      limit: (times, retryAfterMs) => void (world.limited = { times, retryAfterMs }),
      setToken: (isValid) => void (world.isTokenValid = isValid),
      cutPages: (times) => void (world.cutPages = times),
      forgetCursors: () => void (world.epoch += 1),
      setReaders: (name, readers) => soon(() => world.setReaders(name, readers)),
    },
  };
}

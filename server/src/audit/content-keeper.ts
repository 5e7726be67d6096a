import type { AuditContent, KeptContent } from '@heddle/adapters/audit';
import type { Clock, LabelLevel } from '@heddle/core';
import type { CallContent } from '../calls/call-guard.js';
import type { Log } from '../common/log.js';

/** How many days contents are kept, by label; 0 keeps none. */
type ContentDays = Readonly<Record<LabelLevel, number>>;

/** Longer texts are stored only in the journal and the blobs. */
const longest = 1024 * 1024;
const share = 1_000;

/**
 * Keeps the contents of model calls apart from the audit log. It collects them during a tick of the event loop and writes them in one
 * commit, so that calls do not wait. If a text cannot be kept, this is logged; the call and its audit event stand.
 */
export class ContentKeeper {
  private waiting: KeptContent[] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly content: AuditContent,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly log: Log,
    private readonly days: ContentDays,
  ) {}

  keep({ runId, hash, label, text }: CallContent): void {
    if (this.days[label.level] === 0 || text === '' || text.length > longest) return;
    if (this.waiting.length === 0) setImmediate(() => void this.flush());
    this.waiting.push({ runId, hash, level: label.level, text, time: this.clock.now() });
  }

  /** Writes what is waiting. Resolves when everything kept before is stored or has failed. */
  flush(): Promise<void> {
    const contents = this.waiting;
    this.waiting = [];
    if (contents.length > 0) this.writing = Promise.all([this.writing, this.write(contents)]).then(() => undefined);
    return this.writing;
  }

  /**
   * Erases contents that are older than the limit of their label, a limited number per call. Returns the number of erased texts; 0 when
   * none is left.
   */
  async sweep(limits: ReadonlyMap<string, number>): Promise<number> {
    let erased = 0;
    for (const [level, before] of limits) erased += await this.content.sweep({ level, before }, share);
    return erased;
  }

  private async write(contents: readonly KeptContent[]): Promise<void> {
    try {
      await this.content.keep(contents);
    } catch (err) {
      this.log.warn({ err, texts: contents.length }, 'contents of model calls could not be kept');
    }
  }
}

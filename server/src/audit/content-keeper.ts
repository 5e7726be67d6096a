import type { AuditContent, KeptContent } from '@heddle/adapters/audit';
import type { Clock, LabelLevel } from '@heddle/core';
import type { CallContent } from '../calls/call-guard.js';
import type { Log } from '../common/log.js';

/** Days to keep contents, by label; 0 keeps none. */
export type ContentDays = Readonly<Record<LabelLevel, number>>;

/** Longer texts are only in the journal and the blobs. */
const longest = 1024 * 1024;
const share = 1_000;

/**
 * Keeps the contents of model calls apart from the audit log. It collects them during a tick of the event loop and writes them in one
 * commit, so calls do not wait. A text that cannot be kept is logged; the call and its record stand.
 */
export class ContentKeeper {
  private waiting: KeptContent[] = [];

  constructor(
    /** Undefined where none are kept. */
    private readonly content: AuditContent | undefined,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly log: Log,
    private readonly days: ContentDays,
  ) {}

  keep({ runId, hash, label, text }: CallContent): void {
    if (this.content === undefined || this.days[label.level] === 0 || text === '' || text.length > longest) return;
    if (this.waiting.length === 0) setImmediate(() => this.flush());
    this.waiting.push({ runId, hash, level: label.level, text, time: this.clock.now() });
  }

  /** Writes what waits. */
  flush(): void {
    const contents = this.waiting;
    this.waiting = [];
    if (contents.length === 0) return;
    try {
      this.content?.keep(contents);
    } catch (err) {
      this.log.warn({ err, texts: contents.length }, 'contents of model calls could not be kept');
    }
  }

  /** Erases contents older than the limit of their label, some at a time. Gives the number of erased texts, 0 when none is left. */
  sweep(limits: ReadonlyMap<string, number>): number {
    let erased = 0;
    for (const [level, before] of limits) erased += this.content?.erase({ level, before }, share) ?? 0;
    return erased;
  }
}

import type { AuditContent, KeptContent } from '@heddle/adapters/audit';
import type { Clock, LabelLevel } from '@heddle/core';
import type { CallContent } from '../calls/call-guard.js';
import type { Log } from '../common/log.js';

/** Days for which contents are kept, by their label; 0 keeps none. */
export type ContentDays = Readonly<Record<LabelLevel, number>>;

export interface ContentParts {
  readonly content: AuditContent;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly days: ContentDays;
}

/** Longer texts stand in the journal and the blobs only. */
const longest = 1024 * 1024;
const share = 1_000;

/**
 * Keeps what models were sent and what came back, apart from the record: collected over a turn of the event loop and written in one
 * commit, so that calls do not wait for it. A text that cannot be kept is told to the log; the call and its record stand.
 */
export class ContentKeeper {
  private waiting: KeptContent[] = [];

  constructor(private readonly parts: ContentParts) {}

  keep({ runId, hash, label, text }: CallContent): void {
    if (this.parts.days[label.level] === 0 || text === '' || text.length > longest) return;
    if (this.waiting.length === 0) setImmediate(() => this.flush());
    this.waiting.push({ runId, hash, level: label.level, text, time: this.parts.clock.now() });
  }

  /** Writes what waits. */
  flush(): void {
    const contents = this.waiting;
    this.waiting = [];
    if (contents.length === 0) return;
    try {
      this.parts.content.keep(contents);
    } catch (err) {
      this.parts.log.warn({ err, texts: contents.length }, 'contents of model calls could not be kept');
    }
  }

  /** Erases what is older than the limit of its label, a share at a time; gives how many texts went now, 0 when none is left. */
  sweep(limits: ReadonlyMap<string, number>): number {
    let erased = 0;
    for (const [level, before] of limits) erased += this.parts.content.erase({ level, before }, share);
    return erased;
  }
}

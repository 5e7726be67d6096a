import type { ErasedContent, HeddleAudit } from '@heddle/adapters/audit';
import { retryOnConflict } from '@heddle/adapters/stores';
import { HeddleError, type AuditContentReply, type EraseContentQuery, type Principal } from '@heddle/core';
import type { ContentKeeper } from './content-keeper.js';

/** How many texts are erased in one commit. */
const atOnce = 5_000;

/** Reads and erases the contents that audit events name by hash. Both are recorded. */
export class AuditContentService {
  constructor(
    private readonly audit: HeddleAudit,
    private readonly keeper: Pick<ContentKeeper, 'flush'>,
  ) {}

  /** Errors: `not_found` if the content was erased or never kept, `secret_unreadable`. */
  async read(who: Pick<Principal, 'id'>, hash: string): Promise<AuditContentReply> {
    await this.keeper.flush();
    const text = await this.audit.content.read(hash);
    if (text === undefined)
      throw new HeddleError(
        'not_found',
        'This content is not kept: it was erased, it was too long, or its retention time is over.',
      );
    const details = { step: 'content seen', hash } as const;
    await this.audit.write({ kind: 'export', who: who.id, subject: 'audit', details });
    return { hash, text };
  }

  /** Returns the number of erased texts. Many texts are erased in several commits, each with its audit event. */
  async erase(who: Pick<Principal, 'id'>, { run, level, before }: EraseContentQuery): Promise<number> {
    await this.keeper.flush();
    const what = { ...(run !== undefined && { runIds: [run] }), level, before };
    let erased = 0;
    for (;;) {
      const count = await this.eraseSome(who.id, { run, level, before }, what);
      erased += count;
      if (count < atOnce) return erased;
    }
  }

  private async eraseSome(who: string, query: EraseContentQuery, what: ErasedContent): Promise<number> {
    let count = 0;
    await retryOnConflict(async () => {
      const { texts, writes } = await this.audit.content.erasure(what, atOnce);
      await this.audit.commit(
        { kind: 'erase', who, subject: 'audit', details: { step: 'contents of model calls', ...query, texts } },
        writes,
      );
      count = texts;
    });
    return count;
  }
}

import type { SqliteAudit } from '@heddle/adapters/audit';
import { HeddleError, type AuditContentReply, type EraseContentQuery, type Principal } from '@heddle/core';
import type { ContentKeeper } from './content-keeper.js';

/** Contents that audit events name by hash. Reading and erasing them is recorded. */
export class AuditContentService {
  constructor(
    private readonly audit: SqliteAudit,
    private readonly keeper: Pick<ContentKeeper, 'flush'>,
  ) {}

  /** Errors: `not_found` where the content was erased or never kept, `secret_unreadable`. */
  async read(who: Pick<Principal, 'id'>, hash: string): Promise<AuditContentReply> {
    this.keeper.flush();
    const text = this.audit.content.read(hash);
    if (text === undefined)
      throw new HeddleError('not_found', 'This content is not kept: it was erased, too long, or kept long enough.');
    const details = { step: 'content seen', hash } as const;
    await this.audit.write({ kind: 'export', who: who.id, subject: 'audit', details });
    return { hash, text };
  }

  /** Gives the number of erased texts. */
  erase(who: Pick<Principal, 'id'>, { run, level, before }: EraseContentQuery): Promise<number> {
    this.keeper.flush();
    const details = { step: 'contents of model calls', run, level, before } as const;
    return this.audit.write(
      (texts) => ({ kind: 'erase', who: who.id, subject: 'audit', details: { ...details, texts } }),
      () => this.audit.content.erase({ runId: run, level, before }),
    );
  }
}

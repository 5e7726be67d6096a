import type { AuditContent, HeddleAudit } from '@heddle/adapters/audit';
import { HeddleError, type AuditContentReply, type EraseContentQuery, type Principal } from '@heddle/core';
import type { ContentKeeper } from './content-keeper.js';

/** Contents that audit events name by hash. Reading and erasing them is recorded. */
export class AuditContentService {
  constructor(
    private readonly audit: HeddleAudit,
    private readonly keeper: Pick<ContentKeeper, 'flush'>,
  ) {}

  /** Errors: `not_found` where the content was erased or never kept, `secret_unreadable`, `not_on_postgres`. */
  async read(who: Pick<Principal, 'id'>, hash: string): Promise<AuditContentReply> {
    this.keeper.flush();
    const text = this.content().read(hash);
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
      () => this.content().erase({ runId: run, level, before }),
    );
  }

  /** Errors: `not_on_postgres`. */
  private content(): AuditContent {
    const { content } = this.audit;
    if (content === undefined)
      throw new HeddleError('not_on_postgres', 'The contents of model calls are not kept on Postgres yet.');
    return content;
  }
}

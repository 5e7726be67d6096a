import type { SqliteAudit } from '@heddle/adapters/audit';
import { HeddleError, type AuditContentReply, type EraseContentQuery, type Principal } from '@heddle/core';
import type { ContentKeeper } from './content-keeper.js';

/** Contents that audit records name by hash: looked at and erased, both of it recorded. */
export class AuditContentService {
  constructor(
    private readonly audit: SqliteAudit,
    private readonly keeper: Pick<ContentKeeper, 'flush'>,
  ) {}

  /** Errors: `not_found` where it was erased or never kept, `secret_unreadable`. */
  async read(who: Pick<Principal, 'id'>, hash: string): Promise<AuditContentReply> {
    this.keeper.flush();
    const text = this.audit.content.read(hash);
    if (text === undefined)
      throw new HeddleError('not_found', 'This content is not kept: it was erased, too long, or kept long enough.');
    await this.audit.write([
      { act: 'export', who: who.id, subject: 'audit', isAllowed: true, details: { step: 'content seen', hash } },
    ]);
    return { hash, text };
  }

  /** Gives how many texts went. */
  erase(who: Pick<Principal, 'id'>, { run, level, before }: EraseContentQuery): Promise<number> {
    this.keeper.flush();
    const what = { ...(run === undefined ? {} : { run }), ...(level === undefined ? {} : { level }) };
    const details = { step: 'contents of model calls', ...what, ...(before === undefined ? {} : { before }) };
    return this.audit.act(
      (texts: number) => [
        { act: 'erase', who: who.id, subject: 'audit', isAllowed: true, details: { ...details, texts } },
      ],
      () => this.audit.content.erase({ runId: run, level, before }),
    );
  }
}

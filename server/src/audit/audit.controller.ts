import {
  AuditCheck,
  AuditContentReply,
  AuditEventKind,
  AuditReply,
  EraseContentQuery,
  ErasedReply,
  type Principal,
  queryNumber,
  QueryTime,
} from '@heddle/core';
import { Controller, Delete, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Caller } from '../auth/caller.js';
import type { HeddleAudit } from '@heddle/adapters/audit';
import type { ChannelStore } from '@heddle/adapters/channels';
import { AuditContentService } from './audit-content.service.js';
import { AUDIT } from './audit-token.js';
import { CHANNEL_STORE } from '../channel-stores/channel-tokens.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { checkAudit } from './check-audit.js';
import { namesOfShares } from './names-of-shares.js';
import { exportAudit } from './audit-export.js';

const time = QueryTime.optional();
const Range = z.object({
  act: z
    .union([AuditEventKind, z.array(AuditEventKind)])
    .transform((kinds) => [kinds].flat())
    .optional(),
  who: z.string().optional(),
  project: z.string().optional(),
  subject: z.string().optional(),
  from: time,
  to: time,
});
const AuditQuery = Range.extend({
  before: queryNumber(z.int().positive()).optional(),
  limit: queryNumber(z.int().min(1).max(1000)).default(100),
});
const ExportQuery = Range.extend({ format: z.enum(['jsonl', 'csv']).default('jsonl') });

/** The audit log, newest first. */
@Controller('api/audit')
export class AuditController {
  constructor(
    @Inject(AUDIT) private readonly audit: HeddleAudit,
    @Inject(CHANNEL_STORE) private readonly channels: ChannelStore,
    private readonly contents: AuditContentService,
  ) {}

  @Get()
  @Access('audit:read')
  @Reply(AuditReply)
  async list(@Query({ schema: AuditQuery }) { act: kinds, ...query }: z.infer<typeof AuditQuery>): Promise<AuditReply> {
    const records = [...(await this.audit.list({ kinds, ...query }))];
    return { records, names: await namesOfShares(records, (id) => this.channels.find(id)) };
  }

  @Get('verify')
  @Access('audit:read')
  @Reply(AuditCheck)
  verify(): Promise<AuditCheck> {
    return checkAudit(this.audit);
  }

  /** The content of a model call, by the hash in an audit event. Reading it is recorded. Errors: `not_found`. */
  @Get('content/:hash')
  @Access('audit:read')
  @Reply(AuditContentReply)
  content(@Param('hash') hash: string, @Caller() caller: Principal): Promise<AuditContentReply> {
    return this.contents.read(caller, hash);
  }

  /** Erases contents for good. The audit events that name them stay, and the chain stays whole. */
  @Delete('content')
  @Access('audit:erase')
  @Reply(ErasedReply)
  async erase(
    @Query({ schema: EraseContentQuery }) query: EraseContentQuery,
    @Caller() caller: Principal,
  ): Promise<ErasedReply> {
    return { erased: await this.contents.erase(caller, query) };
  }

  /** An export is an audit event itself, written before the export begins. */
  @Get('export')
  @Access('audit:read')
  @Reply(undefined, 200, 'application/x-ndjson, text/csv')
  async export(
    @Query({ schema: ExportQuery }) { format, ...range }: z.infer<typeof ExportQuery>,
    @Caller() caller: Principal,
  ): Promise<StreamableFile> {
    const details = { format, ...range };
    const { act: kinds, ...rest } = range;
    await this.audit.write({ kind: 'export', who: caller.id, subject: 'audit', details });
    return new StreamableFile(Readable.from(exportAudit(this.audit, { kinds, ...rest }, format)), {
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson',
      disposition: `attachment; filename="audit.${format}"`,
    });
  }
}

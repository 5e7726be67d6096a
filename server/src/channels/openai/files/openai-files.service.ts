import type { BlobStore } from '@heddle/adapters/blobs';
import { newId, type FileOwner, type OpenAiFiles, type StoredOpenAiFile } from '@heddle/adapters/channels';
import type { HeddleAudit } from '@heddle/adapters/audit';
import {
  ExpiresAfter,
  HeddleError,
  type OpenAiFile,
  type OpenAiFilesQuery,
  type OpenAiFilesReply,
  type Principal,
} from '@heddle/core';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { AUDIT } from '../../../audit/audit-token.js';
import { checkAccess } from '../../../auth/rights/check-access.js';
import { Ownership } from '../../../auth/rights/ownership.js';
import { TrustedClock } from '../../../common/trusted-clock.js';
import { fileName } from '../../../files/file-name.js';
import { BLOBS } from '../../../files/file-tokens.js';
import { partLimits, partsOf } from '../../../files/parts-of.js';
import type { Settings } from '../../../settings/settings-table.js';
import { SETTINGS } from '../../../settings/settings-token.js';
import { OPENAI_FILES } from '../../../channel-stores/channel-tokens.js';
import { checkRoom, expiryOf, fileNotFound, pageOf, roomOf } from './file-rules.js';

/** The caller, and the project of the request. */
export interface FileCaller {
  readonly principal: Principal;
  readonly project: string;
}

interface Upload {
  readonly id: string;
  readonly size: number;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Both parts may be left out: there is only one anchor, and a default time. */
const UploadExpiry = ExpiresAfter.partial({ seconds: true });

/** Files of callers for batches, in OpenAI's form. A file belongs to the caller who sent it; nobody else can find it. */
@Injectable()
export class OpenAiFileService {
  constructor(
    @Inject(OPENAI_FILES) private readonly store: OpenAiFiles,
    @Inject(BLOBS) private readonly blobs: BlobStore,
    @Inject(AUDIT) private readonly audit: HeddleAudit,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
  ) {}

  /** Checks that the caller may run workflows in the project. Errors: `unauthorized`, `forbidden`, `not_found`, `project_archived`. */
  async checkMayUse({ principal, project }: FileCaller): Promise<void> {
    const resource = await this.ownership.newIn('workflow', project);
    // A key for certain workflows has the right only for these, so one of them is checked.
    const id = principal.scopes?.workflows?.[0];
    checkAccess(principal, 'run:published', id === undefined ? resource : { ...resource, id }, this.clock);
  }

  /** Stores a file of requests, one per line. Errors: `bad_request`, `payload_too_large`, `conflict`, `forbidden`. */
  async upload(request: FastifyRequest, caller: FileCaller): Promise<OpenAiFile> {
    await this.checkMayUse(caller);
    await this.store.removeExpired(this.clock.now());
    const held = await this.store.sums(caller.project);
    checkRoom(held);
    const { fields, ...upload } = await this.receive(request);
    const { purpose = '' } = fields;
    if (purpose !== 'batch')
      throw new HeddleError(
        'bad_request',
        `The purpose '${purpose.slice(0, 40)}' is not known here: files are for batches, purpose batch.`,
        { details: { input: 'purpose' } },
      );
    const { 'expires_after[seconds]': seconds, 'expires_after[anchor]': anchor = 'created_at' } = fields;
    const given = UploadExpiry.safeParse({ anchor, seconds: seconds === undefined ? undefined : Number(seconds) });
    if (!given.success)
      throw new HeddleError('bad_request', 'expires_after has the anchor created_at and 3600 to 2592000 seconds.', {
        details: { input: 'expires_after' },
      });
    const now = this.clock.now();
    const stored: StoredOpenAiFile = {
      ...ownerOf(caller),
      id: newId('file').replace('_', '-'),
      purpose,
      name: upload.name,
      bytes: upload.size,
      blob: upload.id,
      createdAt: now,
      expiresAt: expiryOf(now, given.data.seconds),
    };
    await this.store.addFile(stored, roomOf(held));
    return fileReply(stored);
  }

  async list(query: OpenAiFilesQuery, caller: FileCaller): Promise<OpenAiFilesReply> {
    const found = await this.store.files(ownerOf(caller), this.clock.now());
    const all = found.filter(({ purpose }) => query.purpose === undefined || purpose === query.purpose);
    const { entries, ...page } = pageOf(query.order === 'desc' ? all : all.toReversed(), query);
    return { object: 'list', data: entries.map(fileReply), ...page };
  }

  /** Errors: `file_not_found`. */
  async requireFile(id: string, caller: FileCaller, input?: string): Promise<StoredOpenAiFile> {
    const found = await this.store.findFile(id, ownerOf(caller), this.clock.now());
    if (found === undefined) throw fileNotFound(id, input);
    return found;
  }

  async get(id: string, caller: FileCaller): Promise<OpenAiFile> {
    return fileReply(await this.requireFile(id, caller));
  }

  /** The content of a file. Reading results is recorded. Errors: `file_not_found`, `forbidden`. */
  async content(id: string, caller: FileCaller): Promise<{ readonly size: number; readonly stream: Readable }> {
    const found = await this.requireFile(id, caller);
    await this.checkMayUse(caller);
    if (found.purpose === 'batch_output')
      await this.audit.write({
        kind: 'export',
        who: caller.principal.id,
        project: caller.project,
        subject: `openai-file:${id}`,
        details: { format: 'jsonl' },
      });
    return this.blobs.open(found.blob);
  }

  /** Errors: `file_not_found`. */
  async remove(id: string, { principal, project }: FileCaller): Promise<void> {
    const found = await this.requireFile(id, { principal, project });
    await this.audit.commit(
      {
        kind: 'erase',
        who: principal.id,
        project,
        subject: `openai-file:${id}`,
        details: { step: 'file deleted', purpose: found.purpose },
      },
      [this.store.write.removeFile(id)],
    );
  }

  private async receive(request: FastifyRequest): Promise<Upload> {
    const fields: Record<string, string> = {};
    let found: Omit<Upload, 'fields'> | undefined;
    for await (const part of partsOf(request, partLimits(this.settings))) {
      if (part.type === 'field') {
        fields[part.fieldname ?? ''] = part.text;
        continue;
      }
      if (found !== undefined) throw new HeddleError('bad_request', 'An upload has one file.');
      const draft = await this.blobs.receive(part.file);
      try {
        if (part.file.truncated)
          throw new HeddleError('payload_too_large', 'The file is larger than HEDDLE_UPLOAD_LIMIT allows: split it.');
        const name = fileName(part.filename);
        const { id, size } = await draft.keep({ name, mediaType: 'application/x-ndjson' });
        found = { id, size, name };
      } finally {
        await draft.discard();
      }
    }
    if (found === undefined) throw new HeddleError('bad_request', 'The upload has no file: send it as the part file.');
    return { ...found, fields };
  }
}

/** The owner of the files and batches of a caller. */
export const ownerOf = ({ principal, project }: FileCaller): FileOwner => ({ owner: principal.id, project });

/** Describes a file in OpenAI's form. */
function fileReply({ id, bytes, createdAt, expiresAt, name, purpose }: StoredOpenAiFile): OpenAiFile {
  return {
    id,
    object: 'file',
    bytes,
    filename: name,
    purpose,
    status: 'processed',
    created_at: Math.floor(createdAt / 1000),
    expires_at: Math.floor(expiresAt / 1000),
  };
}

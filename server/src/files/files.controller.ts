import { FileRef } from '@heddle/core';
import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import type { BlobStore } from '@heddle/adapters/blobs';
import { Ownership } from '../auth/rights/ownership.js';
import { BLOBS } from './file-tokens.js';
import type { Settings } from '../settings/settings-table.js';
import { SETTINGS } from '../settings/settings-token.js';
import { Access } from '../http/access.js';
import { FileBytes, MultipartBody } from '../http/bodies/multipart-body.js';
import { Reply } from '../http/reply.js';
import { partLimits } from './parts-of.js';
import { receiveFile } from './read-upload.js';

@Controller('api/files')
export class FilesController {
  constructor(
    @Inject(BLOBS) private readonly blobs: BlobStore,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly ownership: Ownership,
  ) {}

  @Post()
  @MultipartBody('One file.', { file: FileBytes })
  @Access('file:write', { kind: 'file' })
  @Reply(FileRef, 201)
  async upload(@Req() request: FastifyRequest, @View() { project }: ProjectView): Promise<FileRef> {
    const file = await receiveFile(request, this.blobs, partLimits(this.settings));
    await this.ownership.commitOwner('file', file.id, project);
    return file;
  }

  /** The file is always an attachment of a neutral type, so that a browser never runs it. */
  @Get(':id')
  @Access('file:read', { kind: 'file', param: 'id' })
  @Reply(undefined, 200, 'application/octet-stream')
  async download(@Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { size, stream } = await this.blobs.open(id);
    await reply
      .header('content-type', 'application/octet-stream')
      .header('content-length', size)
      .header('content-disposition', 'attachment')
      .send(stream);
  }
}

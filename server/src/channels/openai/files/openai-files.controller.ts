import {
  ExpiresAfter,
  OpenAiFile,
  OpenAiFileDeleted,
  OpenAiFilesQuery,
  OpenAiFilesReply,
  type Principal,
} from '@heddle/core';
import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Caller } from '../../../auth/caller.js';
import { View, type ProjectView } from '../../../auth/rights/project-view.js';
import { Access } from '../../../http/access.js';
import { FileBytes, MultipartBody } from '../../../http/bodies/multipart-body.js';
import { Reply } from '../../../http/reply.js';
import { OpenAiFileService } from './openai-files.service.js';

/** OpenAI's files: requests of batches and their results. */
@Controller('v1/files')
export class OpenAiFilesController {
  constructor(private readonly files: OpenAiFileService) {}

  /** Errors: `bad_request`, `payload_too_large`, `conflict`, `forbidden`. */
  @Post()
  @HttpCode(200)
  @MultipartBody('The requests of a batch as JSONL, with purpose `batch`.', {
    file: FileBytes,
    purpose: z.literal('batch'),
    'expires_after[anchor]': ExpiresAfter.shape.anchor.optional(),
    'expires_after[seconds]': ExpiresAfter.shape.seconds.optional(),
  })
  @Access('signed-in')
  @Reply(OpenAiFile)
  upload(
    @Req() request: FastifyRequest,
    @Caller() principal: Principal,
    @View() { project }: ProjectView,
  ): Promise<OpenAiFile> {
    return this.files.upload(request, { principal, project });
  }

  @Get()
  @Access('signed-in')
  @Reply(OpenAiFilesReply)
  list(
    @Query({ schema: OpenAiFilesQuery }) query: OpenAiFilesQuery,
    @Caller() principal: Principal,
    @View() { project }: ProjectView,
  ): Promise<OpenAiFilesReply> {
    return this.files.list(query, { principal, project });
  }

  /** Errors: `file_not_found`. */
  @Get(':id')
  @Access('signed-in')
  @Reply(OpenAiFile)
  get(@Param('id') id: string, @Caller() principal: Principal, @View() { project }: ProjectView): Promise<OpenAiFile> {
    return this.files.get(id, { principal, project });
  }

  /** Errors: `file_not_found`, `forbidden`. */
  @Get(':id/content')
  @Access('signed-in')
  @Reply(undefined, 200, 'application/octet-stream')
  async content(
    @Param('id') id: string,
    @Caller() principal: Principal,
    @View() { project }: ProjectView,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { size, stream } = await this.files.content(id, { principal, project });
    await reply
      .header('content-type', 'application/octet-stream')
      .header('content-length', size)
      .header('content-disposition', 'attachment')
      .send(stream);
  }

  /** Batches that were started with the file continue. Errors: `file_not_found`. */
  @Delete(':id')
  @Access('signed-in')
  @Reply(OpenAiFileDeleted)
  async remove(
    @Param('id') id: string,
    @Caller() principal: Principal,
    @View() { project }: ProjectView,
  ): Promise<OpenAiFileDeleted> {
    await this.files.remove(id, { principal, project });
    return { id, object: 'file', deleted: true };
  }
}

import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { serverAddressOf } from '../../settings/server-address.js';
import type { Settings } from '../../settings/settings-table.js';
import { SETTINGS } from '../../settings/settings-token.js';
import { llmsText, readDoc } from './doc-files.js';

/**
 * The documentation of this version, for programs and their models. It is the same for everybody and contains nothing about this
 * installation.
 */
@Controller()
export class DocsFilesController {
  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /** What Heddle is, and the address of each document (llmstxt.org). */
  @Get('llms.txt')
  @Access('public')
  @Reply(undefined, 200, 'text/plain')
  async index(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, 'text/plain; charset=utf-8', await llmsText(serverAddressOf(this.settings, request)));
  }

  /** A document as Markdown. Errors: `not_found`. */
  @Get('docs/:file')
  @Access('public')
  @Reply(undefined, 200, 'text/markdown')
  async file(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, 'text/markdown; charset=utf-8', await readDoc(file));
  }
}

async function send(reply: FastifyReply, type: string, text: string): Promise<void> {
  await reply.type(type).header('cache-control', 'public, max-age=300').send(text);
}

import { HeddleError } from '@heddle/core';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';

/** The folder of the built packages, from sources and from dist alike. */
const folder = fileURLToPath(new URL('../../../../client/dist/packages', import.meta.url));

/** What can be had, by name. */
const packages: ReadonlySet<string> = new Set(['heddle-client.tgz']);

/** The clients that fit this server, as packages: an installation needs no registry. */
@Controller('clients')
export class ClientsController {
  /** Errors: `not_found`. */
  @Get(':file')
  @Access('public')
  @Reply(undefined, 200, 'application/octet-stream')
  async file(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const content = packages.has(file) ? await readFile(join(folder, file)).catch(() => undefined) : undefined;
    if (content === undefined)
      throw new HeddleError(
        'not_found',
        `There is no package '${file.slice(0, 100)}'. There are: ${[...packages].join(', ')}.`,
      );
    await reply.type('application/gzip').header('cache-control', 'public, max-age=300').send(content);
  }
}

import { HeddleError } from '@heddle/core';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';

/** The folder of the built packages, from sources and from dist alike. */
const folder = fileURLToPath(new URL('../../../../client/dist/packages', import.meta.url));

const types: Readonly<Record<string, string>> = { '.tgz': 'application/gzip', '.whl': 'application/zip' };

/** The clients that fit this server, as packages for npm and pip: an installation needs no registry. */
@Controller('clients')
export class ClientsController {
  /** Errors: `not_found`. */
  @Get(':file')
  @Access('public')
  @Reply(undefined, 200, 'application/octet-stream')
  async file(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const names = (await readdir(folder).catch(() => [])).filter((name) => types[extname(name)] !== undefined);
    if (!names.includes(file))
      throw new HeddleError(
        'not_found',
        `There is no package '${file.slice(0, 100)}'. ${names.length === 0 ? 'The clients are not built.' : `There are: ${names.join(', ')}.`}`,
      );
    await reply
      .type(types[extname(file)] ?? 'application/octet-stream')
      .header('cache-control', 'public, max-age=300')
      .send(await readFile(join(folder, file)));
  }
}

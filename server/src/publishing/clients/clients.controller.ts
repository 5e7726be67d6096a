import { HeddleError } from '@heddle/core';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { packageFolders } from '../package-folders.js';

const types: Readonly<Record<string, string>> = { '.tgz': 'application/gzip', '.whl': 'application/zip' };

/** Serves the clients that match this server as npm and pip packages, so that no registry is needed to install them. */
@Controller('clients')
export class ClientsController {
  /** Errors: `not_found`. */
  @Get(':file')
  @Access('public')
  @Reply(undefined, 200, 'application/octet-stream')
  async file(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const packages = new Map<string, string>();
    for (const folder of packageFolders)
      for (const name of await readdir(folder).catch(() => []))
        if (types[extname(name)] !== undefined) packages.set(name, join(folder, name));
    const path = packages.get(file);
    if (path === undefined)
      throw new HeddleError(
        'not_found',
        `There is no package '${file.slice(0, 100)}'. ${packages.size === 0 ? 'The clients are not built.' : `There are: ${[...packages.keys()].join(', ')}.`}`,
      );
    await reply
      .type(types[extname(file)] ?? 'application/octet-stream')
      .header('cache-control', 'public, max-age=300')
      .send(await readFile(path));
  }
}

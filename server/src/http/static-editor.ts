import fastifyStatic from '@fastify/static';
import { HeddleError } from '@heddle/core';
import type { FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorBody } from './error-reply.js';

/** Where the built editor is, seen from sources and from dist alike. */
export const editorFolder = fileURLToPath(new URL('../../../editor/dist', import.meta.url));

/** Paths that are never pages. */
const machinePaths = /^\/(?:api|v1|mcp|socket\.io|metrics|health)(?:\/|$|\?)/;

/** Serves the editor: hashed files for ever, pages fresh, and index.html for every address that a browser opens. */
export async function serveEditor(fastify: FastifyInstance, folder: string): Promise<void> {
  const hasEditor = existsSync(join(folder, 'index.html'));
  if (hasEditor) {
    await fastify.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = path.startsWith(join(folder, 'assets'));
        void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  fastify.get('/*', async (request, reply) => {
    const wantsPage =
      (request.headers.accept ?? '').includes('text/html') &&
      !machinePaths.test(request.url) &&
      !/\.[a-z0-9]{1,5}(?:$|\?)/i.test(request.url);
    if (wantsPage && hasEditor) return reply.sendFile('index.html', folder);
    if (wantsPage)
      return reply
        .status(404)
        .type('text/plain')
        .send('The editor is not built yet: run npm run build, then start again.\n');
    return reply
      .status(404)
      .send(
        errorBody(new HeddleError('not_found', `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`)),
      );
  });
}

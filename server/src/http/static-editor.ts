import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nothingAt } from './errors/error-reply.js';
import { machinePaths } from './host-check.js';
import { sendError } from './errors/send-error.js';

/** The folder of the built editor. The path is right from the sources and from dist. */
export const editorFolder = fileURLToPath(new URL('../../../editor/dist', import.meta.url));

/** The address of a file of the editor. Only plain names match, so nothing outside the folder can be read. */
const fileAddress = /^\/((?:[\w-][\w.-]*\/){0,3}[\w-][\w.-]*\.[a-z0-9]{1,11})(?:\?|$)/i;

/** An address that can only be a file. Addresses of pages can contain dots too. */
const assetAddress = /^\/(?:assets\/[^?]*|[^/?]*\.[a-z0-9]{1,11})(?:\?|$)/i;

/** Whether a request is for a page, not for a file or an API. */
export function wantsPage(url: string, accept = ''): boolean {
  // The root is a page for every client, for example for a program that checks whether the server runs.
  const isRoot = /^\/(?:\?|$)/.test(url);
  return (isRoot || accept.includes('text/html')) && !machinePaths.test(url) && !assetAddress.test(url);
}

/**
 * Serves the editor: hashed files with a long cache time, pages without, and index.html for the address of every page. Files are read at
 * each request, so a new build needs no restart.
 */
export async function serveEditor(fastify: FastifyInstance, folder: string): Promise<void> {
  await fastify.register(fastifyStatic, {
    root: folder,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(folder, 'assets'));
      void reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  fastify.get('/*', async (request, reply) => {
    const file = machinePaths.test(request.url) ? undefined : fileAddress.exec(request.url)?.[1];
    if (file !== undefined && existsSync(join(folder, file))) return reply.sendFile(file);
    const isPage = wantsPage(request.url, request.headers.accept);
    if (isPage && existsSync(join(folder, 'index.html'))) return reply.sendFile('index.html');
    if (isPage)
      return reply
        .status(404)
        .type('text/plain')
        .send('The editor is not built yet: run npm run build, then load this page again.\n');
    return sendError(request.url, reply, nothingAt(`${request.method} ${request.url}`));
  });
}

import type { FastifyReply } from 'fastify';
import { editorFolder } from '../../http/static-editor.js';
import type { Html } from './html.js';
import { renderPage } from './render-page.js';

/** Sends a page that must not be cached, because its content depends on the caller. */
export async function sendPage(reply: FastifyReply, title: string, body: Html): Promise<void> {
  await reply
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(await renderPage(editorFolder, title, body));
}

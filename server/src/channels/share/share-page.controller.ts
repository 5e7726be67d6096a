import { HeddleError } from '@heddle/core';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Access } from '../../http/access.js';
import { toRequestError } from '../../http/errors/error-reply.js';
import { Reply } from '../../http/reply.js';
import { ShareAssets } from './share-assets.js';
import { ShareEntry } from './share-entry.js';
import { SharedRuns } from './shared-runs.js';
import { noticeShell, shareShell, type Shell } from './share-shell.js';
import { frameHeaders, frameOf, isFrame } from './frame-rules.js';

const ShareTheme = z.object({
  embed: z.string().optional(),
  theme: z.enum(['auto', 'light', 'dark']).optional().catch(undefined),
});

/** The share page, its files, and the script that embeds it in other pages. */
@Controller()
export class SharePageController {
  constructor(
    private readonly entry: ShareEntry,
    private readonly runs: SharedRuns,
    private readonly assets: ShareAssets,
  ) {}

  @Get('share/:token')
  @Access('public')
  @Reply(undefined, 200, 'text/html')
  async page(
    @Param('token') token: string,
    @Query({ schema: ShareTheme }) shown: z.infer<typeof ShareTheme>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const assets = await this.assets.page();
    try {
      await this.show(token, shown, assets, request, reply);
    } catch (thrown) {
      const error = toRequestError(thrown);
      if (error.code === 'internal') throw thrown;
      await send(reply, error.status, frameHeaders([]), noticeShell(noticeOf(error, token), assets));
    }
  }

  @Get('share/assets/:file')
  @Access('public')
  @Reply(undefined, 200, 'application/octet-stream')
  file(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.sendFile(file, 'public, max-age=31536000, immutable', request, reply);
  }

  /** The only file here that pages of other sites may load. */
  @Get('embed.js')
  @Access('public')
  @Reply(undefined, 200, 'text/javascript')
  embed(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('cross-origin-resource-policy', 'cross-origin');
    return this.sendFile('embed.js', 'public, max-age=300', request, reply);
  }

  private async show(
    token: string,
    shown: z.infer<typeof ShareTheme>,
    assets: Shell['assets'],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const { headers, ip, method, url } = request;
    const entered = await this.entry.enter(token, { headers, ip, method, url });
    const { title, greeting } = await this.runs.page(entered);
    const { theme, accent, origins } = entered.config;
    const parent = frameOf(headers, origins);
    const shell = {
      title,
      greeting,
      accent,
      parent,
      assets,
      theme: shown.theme ?? theme,
      isEmbedded: shown.embed === '1',
    };
    await send(reply, 200, frameHeaders(origins, isFrame(headers)), shareShell(shell));
  }

  private async sendFile(name: string, cache: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { content, type, encoding } = await this.assets.file(name, request.headers['accept-encoding'] ?? '');
    if (encoding !== undefined) void reply.header('content-encoding', encoding);
    await reply
      .header('content-type', type)
      .header('vary', 'accept-encoding')
      .header('cache-control', cache)
      .send(content);
  }
}

async function send(
  reply: FastifyReply,
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  html: string,
): Promise<void> {
  for (const [name, value] of Object.entries(headers))
    if (value === undefined) void reply.removeHeader(name);
    else void reply.header(name, value);
  await reply.status(status).header('content-type', 'text/html; charset=utf-8').send(html);
}

function noticeOf(error: HeddleError, token: string): Parameters<typeof noticeShell>[0] {
  switch (error.code) {
    case 'unauthorized':
    case 'session_expired':
      return {
        title: 'Sign in first',
        text: 'This page is for people who are signed in.',
        link: { href: `/sign-in?next=${encodeURIComponent(`/share/${token}`)}`, text: 'Sign in' },
      };
    case 'not_found':
      return {
        title: 'This link does not work',
        text: 'It is mistyped, paused or expired. Ask the person who gave it to you.',
      };
    case 'bad_origin':
      return { title: 'Not here', text: 'This page must not be shown inside that one.' };
    case 'too_many_requests':
      return { title: 'Too many requests', text: 'Wait a little, then load this page again.' };
    default:
      return {
        title: 'Not available now',
        text: 'What this page shows cannot be reached at the moment. Try again later.',
      };
  }
}

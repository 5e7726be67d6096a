import { HeddleError, isPlainObject, toHeddleError } from '@heddle/core';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Settings } from '../../settings/settings-table.js';
import { SETTINGS } from '../../settings/settings-token.js';
import { Access } from '../../http/access.js';
import { serverAddressOf } from '../../settings/server-address.js';
import { Reply } from '../../http/reply.js';
import { ProviderService } from './provider.service.js';
import { sessionCookie } from './session-cookie.js';
import type { Browser } from './session.service.js';

const StartQuery = z.object({ to: z.string().max(500).optional() });
const cookieName = 'heddle-oidc';
const path = '/api/auth/oidc';

/** Sign-in through a provider (OpenID Connect): the redirect and the callback. */
@Controller('api/auth/oidc')
export class ProviderController {
  constructor(
    @Inject(ProviderService) private readonly service: ProviderService | undefined,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get('start')
  @Access('public')
  @Reply(undefined, 302)
  async start(
    @Query({ schema: StartQuery }) { to }: z.infer<typeof StartQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const home = serverAddressOf(this.settings, request);
    const browser = browserOf(request, home);
    const { ticket, address } = await this.provider().begin(`${home}${path}/callback`, localPath(to), browser);
    await reply.header('set-cookie', ticketCookie(ticket, browser.isSecure)).redirect(address, 302);
  }

  @Get('callback')
  @Access('public')
  @Reply(undefined, 302)
  async callback(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const browser = browserOf(request, serverAddressOf(this.settings, request));
    const lost = ticketCookie('', browser.isSecure);
    const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
    const finished = this.provider().finish(ticketOf(request.headers.cookie), query, browser);
    const session = await finished.catch((error: unknown) => {
      if (!isShownToPeople(request)) throw error;
      return toHeddleError(error);
    });
    if (session instanceof HeddleError) {
      // The page shows Heddle's own text for the reason: an address must not bring its own text.
      await reply.header('set-cookie', lost).redirect(`/sign-in?failed=${reasonOf(session)}`, 302);
      return;
    }
    const seconds = this.settings.sessionDays * 86_400;
    await reply
      .header('set-cookie', [sessionCookie(session.token, session.isSecure, seconds), lost])
      .redirect(session.to, 302);
  }

  /** Errors: `not_found` if no provider is configured. */
  private provider(): ProviderService {
    if (this.service === undefined)
      throw new HeddleError('not_found', 'No sign-in provider is set up: HEDDLE_OIDC_ISSUER.');
    return this.service;
  }
}

const isShownToPeople = ({ headers }: FastifyRequest): boolean => headers.accept?.includes('text/html') === true;

function reasonOf({ code, details }: HeddleError): string {
  const reason = isPlainObject(details) ? details['reason'] : undefined;
  return encodeURIComponent(typeof reason === 'string' ? reason : code);
}

function browserOf({ headers, ip }: FastifyRequest, home: string): Browser {
  return { ip, agent: headers['user-agent'] ?? '', isSecure: home.startsWith('https://') };
}

/** The cookie of one sign-in. `Lax`, because the provider redirects back from another site. */
function ticketCookie(ticket: string, isSecure: boolean): string {
  const age = ticket === '' ? 0 : 600;
  return `${cookieName}=${ticket}; Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${age}${isSecure ? '; Secure' : ''}`;
}

const ticketOf = (cookies: string | undefined): string | undefined =>
  /(?:^|;\s*)heddle-oidc=(ho_[\w-]{43})(?:;|$)/.exec(cookies ?? '')?.[1];

/** Accepts only pages of Heddle: otherwise sign-in could redirect people to another site. */
function localPath(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])[\w\-./?=&%#]*$/.test(to) ? to : '/';
}

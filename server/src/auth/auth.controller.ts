import {
  HeddleError,
  MeReply,
  PasswordRequest,
  RecoveryCodesReply,
  SessionsReply,
  SetupCheckRequest,
  SetupRequest,
  SignInRequest,
  TotpConfirmRequest,
  TotpReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AccountService } from './account.service.js';
import { IDENTITY, type Identity } from './identity.js';
import type { Settings } from '../settings/settings-table.js';
import { SETTINGS } from '../settings/settings-token.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { Caller } from './caller.js';
import { ProviderService } from './sign-in/provider.service.js';
import { type BegunSession, type Browser, SessionService } from './sign-in/session.service.js';
import { isOverTls, readSessionCookie, sessionCookie } from './sign-in/session-cookie.js';

const RemoveTotpRequest = z.strictObject({ password: z.string().max(200) }).meta({ id: 'RemoveTotpRequest' });

const EndSessionsQuery = z.object({ others: z.enum(['true', 'false']).default('false') });

/** Sign-in and sign-out, and the caller's own account. */
@Controller('api/auth')
export class AuthController {
  constructor(
    private readonly accounts: AccountService,
    @Inject(IDENTITY) private readonly identity: Identity,
    private readonly sessionService: SessionService,
    @Inject(ProviderService) private readonly provider: ProviderService | undefined,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The caller. A session that has been in use for long gets a new token. */
  @Get('me')
  @Access('public')
  @Reply(MeReply)
  async me(
    @Req() { headers, ip, method, url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MeReply> {
    const { provider } = this;
    const isSignInNeeded = await this.accounts.isSignInNeeded();
    const hasUsers = await this.accounts.hasUsers();
    const facts = { isSignInNeeded, hasUsers, provider: provider?.describe() };
    const { kind, id, name, roles } = await this.identity.identify({ headers, ip, method, url });
    // Share links use other routes.
    if (kind === 'anonymous' || kind === 'share') return facts;
    const cookie = kind === 'user' ? readSessionCookie(headers) : undefined;
    this.setSession(cookie === undefined ? undefined : await this.sessionService.rotated(cookie.token), reply);
    const held = Object.fromEntries([...roles].map(([project, those]) => [project, [...those]]));
    const factor = kind === 'user' ? { hasSecondFactor: await this.accounts.hasSecondFactor(id) } : {};
    return { ...facts, principal: { kind, id, name, roles: held, ...factor } };
  }

  @Post('sign-in')
  @Access('public')
  @Reply(undefined, 204)
  async signIn(
    @Body({ schema: SignInRequest }) body: SignInRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.setSession(await this.accounts.signIn(body, browserOf(request)), reply);
  }

  /** Whether a one-time link can still be used. The check does not use it up. */
  @Post('setup/check')
  @Access('public')
  @Reply(undefined, 204)
  async checkLink(
    @Body({ schema: SetupCheckRequest }) { token }: z.infer<typeof SetupCheckRequest>,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.accounts.checkLink(token, browserOf(request));
  }

  @Post('setup')
  @Access('public')
  @Reply(undefined, 204)
  async setUp(
    @Body({ schema: SetupRequest }) body: SetupRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.setSession(await this.accounts.setUp(body, browserOf(request)), reply);
  }

  @Post('sign-out')
  @Access('signed-in')
  @Reply(undefined, 204)
  async signOut(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessionService.signOut(caller, readSessionCookie(request.headers)?.token);
    clearSession(request, reply);
  }

  /** Ends every other session; this browser gets a new one. */
  @Post('password')
  @Access('signed-in')
  @Reply(undefined, 204)
  async changePassword(
    @Caller() caller: Principal,
    @Body({ schema: PasswordRequest }) body: PasswordRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.setSession(await this.accounts.changePassword(caller, body, browserOf(request)), reply);
  }

  @Get('sessions')
  @Access('signed-in')
  @Reply(SessionsReply)
  async sessions(@Caller() caller: Principal, @Req() { headers }: FastifyRequest): Promise<SessionsReply> {
    return { sessions: await this.sessionService.list(caller, readSessionCookie(headers)?.token) };
  }

  /** Signs out everywhere, or with `?others=true` everywhere except here. */
  @Delete('sessions')
  @Access('signed-in')
  @Reply(undefined, 204)
  async endSessions(
    @Query({ schema: EndSessionsQuery }) { others }: z.infer<typeof EndSessionsQuery>,
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const token = others === 'true' ? readSessionCookie(request.headers)?.token : undefined;
    await this.sessionService.endAll(caller, token);
    if (others !== 'true') clearSession(request, reply);
  }

  @Delete('sessions/:id')
  @Access('signed-in')
  @Reply(undefined, 204)
  endSession(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.sessionService.end(caller, id);
  }

  @Post('totp')
  @Access('signed-in')
  @Reply(TotpReply)
  beginTotp(@Caller() caller: Principal): Promise<TotpReply> {
    return this.accounts.beginTotp(caller);
  }

  @Post('totp/confirm')
  @Access('signed-in')
  @Reply(RecoveryCodesReply)
  async confirmTotp(
    @Caller() caller: Principal,
    @Body({ schema: TotpConfirmRequest }) { secret, code }: TotpConfirmRequest,
  ): Promise<RecoveryCodesReply> {
    return { codes: [...(await this.accounts.confirmTotp(caller, secret, code))] };
  }

  @Delete('totp')
  @Access('signed-in')
  @Reply(undefined, 204)
  removeTotp(
    @Caller() caller: Principal,
    @Body({ schema: RemoveTotpRequest }) { password }: z.infer<typeof RemoveTotpRequest>,
  ): Promise<void> {
    return this.accounts.removeTotp(caller, password);
  }

  private setSession(session: BegunSession | undefined, reply: FastifyReply): void {
    if (session === undefined) return;
    const { token, isSecure } = session;
    void reply.header('set-cookie', sessionCookie(token, isSecure, this.settings.sessionDays * 86_400));
  }
}

/** Errors: `bad_origin` if the page belongs to another site. */
function browserOf({ headers, ip }: FastifyRequest): Browser {
  if (headers['sec-fetch-site'] === 'cross-site') throw new HeddleError('bad_origin', 'Sign in on our own page.');
  return { ip, agent: headers['user-agent'] ?? '', isSecure: isOverTls(headers) };
}

function clearSession({ headers }: FastifyRequest, reply: FastifyReply): void {
  void reply.header('set-cookie', sessionCookie(undefined, readSessionCookie(headers)?.isSecure ?? false, 0));
}

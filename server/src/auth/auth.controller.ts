import {
  HeddleError,
  MeReply,
  PasswordRequest,
  RecoveryCodesReply,
  SetupRequest,
  SignInRequest,
  TotpConfirmRequest,
  TotpReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { Caller } from './caller.js';
import { isOverTls, readSessionCookie, sessionCookie } from './session-cookie.js';

const RemoveTotpRequest = z.strictObject({ password: z.string().max(200) }).meta({ id: 'RemoveTotpRequest' });

/** Signing in and out, and one's own account. */
@Controller('api/auth')
export class AuthController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get('me')
  @Access('public')
  @Reply(MeReply)
  async me(@Req() { headers, ip, method, url }: FastifyRequest): Promise<MeReply> {
    const { accounts, identity } = this.heddle;
    const facts = { isSignInNeeded: accounts.isSignInNeeded(), hasUsers: accounts.hasUsers };
    const { kind, id, name, roles } = await identity.identify({ headers, ip, method, url });
    if (kind === 'anonymous') return facts;
    const held = Object.fromEntries([...roles].map(([project, those]) => [project, [...those]]));
    return { ...facts, principal: { kind, id, name, roles: held } };
  }

  @Post('sign-in')
  @HttpCode(204)
  @Access('public')
  @Reply(undefined, 204)
  async signIn(
    @Body({ schema: SignInRequest }) body: SignInRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.begin((await this.heddle.accounts.signIn(body, request.ip)).id, request, reply);
  }

  @Post('setup')
  @HttpCode(204)
  @Access('public')
  @Reply(undefined, 204)
  async setUp(
    @Body({ schema: SetupRequest }) body: SetupRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const user = await this.heddle.accounts.setUp(body, request.ip);
    // Who has a second factor shows it: a link alone does not sign them in.
    if (user.totp === undefined) this.begin(user.id, request, reply);
  }

  @Post('sign-out')
  @HttpCode(204)
  @Access('signed-in')
  @Reply(undefined, 204)
  signOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    const cookie = readSessionCookie(request.headers);
    const session = cookie === undefined ? undefined : this.heddle.parts.identity.sessions.find(cookie.token);
    if (session !== undefined && session !== 'ended') this.heddle.parts.identity.sessions.end(session.id);
    void reply.header('set-cookie', sessionCookie(undefined, cookie?.isSecure ?? false, 0));
  }

  /** Ends every other session; this browser gets a new one. */
  @Post('password')
  @HttpCode(204)
  @Access('signed-in')
  @Reply(undefined, 204)
  async changePassword(
    @Caller() caller: Principal,
    @Body({ schema: PasswordRequest }) body: PasswordRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    this.begin((await this.heddle.accounts.changePassword(caller, body)).id, request, reply);
  }

  @Post('totp')
  @HttpCode(200)
  @Access('signed-in')
  @Reply(TotpReply)
  beginTotp(@Caller() caller: Principal): TotpReply {
    return this.heddle.accounts.beginTotp(caller);
  }

  @Post('totp/confirm')
  @HttpCode(200)
  @Access('signed-in')
  @Reply(RecoveryCodesReply)
  confirmTotp(
    @Caller() caller: Principal,
    @Body({ schema: TotpConfirmRequest }) { secret, code }: TotpConfirmRequest,
  ): RecoveryCodesReply {
    return { codes: [...this.heddle.accounts.confirmTotp(caller, secret, code)] };
  }

  @Delete('totp')
  @HttpCode(204)
  @Access('signed-in')
  @Reply(undefined, 204)
  removeTotp(
    @Caller() caller: Principal,
    @Body({ schema: RemoveTotpRequest }) { password }: z.infer<typeof RemoveTotpRequest>,
  ): Promise<void> {
    return this.heddle.accounts.removeTotp(caller, password);
  }

  private begin(userId: string, { headers }: FastifyRequest, reply: FastifyReply): void {
    const isSecure = isOverTls(headers);
    if (headers['sec-fetch-site'] === 'cross-site') throw new HeddleError('bad_origin', 'Sign in on our own page.');
    const agent = headers['user-agent'] ?? '';
    const { token } = this.heddle.parts.identity.sessions.begin(userId, { isSecure, agent });
    void reply.header('set-cookie', sessionCookie(token, isSecure, this.heddle.settings.sessionDays * 86_400));
  }
}

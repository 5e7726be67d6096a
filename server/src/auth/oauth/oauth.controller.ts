import { toHeddleError } from '@heddle/core';
import { Body, Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Access } from '../../http/access.js';
import { DescribedBody } from '../../http/openapi/described-body.js';
import { serverAddressOf } from '../../settings/server-address.js';
import { networkOf } from '../../http/network-of.js';
import { DescribedReply } from '../../http/reply.js';
import type { Settings } from '../../settings/settings-table.js';
import { SETTINGS } from '../../settings/settings-token.js';
import { AccountService } from '../account.service.js';
import { OAuthClients, Registration } from './oauth-clients.js';
import { OAuthRefusal, refusalOf } from './oauth-error.js';
import { offeredPermissions } from './offered-permissions.js';
import { OAuthService, type TokenRequest } from './oauth.service.js';

const text = z.string().max(2_000).optional();
const AuthorizationQuery = z.object({
  client_id: text,
  redirect_uri: text,
  response_type: text,
  code_challenge: text,
  code_challenge_method: text,
  scope: text,
  state: z.string().optional(),
  resource: text,
});
const Metadata = z.record(z.string(), z.unknown());
const form = 'application/x-www-form-urlencoded';
const Fields = z.record(z.string(), z.string().max(2_000));
const TokenForm = z
  .object({
    grant_type: z.enum(['authorization_code', 'refresh_token']),
    code: text,
    redirect_uri: text,
    code_verifier: text,
    client_id: text,
    refresh_token: text,
    resource: text,
  })
  .catchall(z.string().max(2_000));
/** As the standard requires, an invalid name or page is left out. */
const RegistrationBody = z.looseObject({
  ...Registration.shape,
  client_name: z.unknown().optional(),
  client_uri: z.unknown().optional(),
});
const RevocationForm = z.object({ token: z.string().max(2_000), client_id: text }).catchall(z.string().max(2_000));
const perMinute = { register: 10, authorize: 60, token: 120 } as const;

/** The authorization server for programs that connect to `/mcp`. Its routes and errors are those of OAuth. */
@Controller()
export class OAuthController {
  constructor(
    private readonly service: OAuthService,
    private readonly clients: OAuthClients,
    private readonly accounts: AccountService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Describes the endpoint, and names the servers that issue tokens for it (RFC 9728). */
  @Get([
    '.well-known/oauth-protected-resource',
    '.well-known/oauth-protected-resource/mcp',
    '.well-known/oauth-protected-resource/mcp/build',
  ])
  @Access('public')
  @DescribedReply(Metadata, 200)
  resource(@Req() request: FastifyRequest): object {
    const home = serverAddressOf(this.settings, request);
    const isBuilding = /\/mcp\/build(?:\?|$)/.test(request.url);
    const endpoint = isBuilding ? 'mcp/build' : 'mcp';
    const scopes = offeredPermissions.filter((right) => (right === 'workflow:build') === isBuilding);
    return {
      resource: `${home}/${endpoint}`,
      resource_name: 'Heddle',
      // This server comes first, because it registers programs, which many providers do not. Tokens of the provider work at /mcp only.
      authorization_servers: [
        home,
        ...(this.settings.oidcIssuer === undefined || isBuilding ? [] : [this.settings.oidcIssuer]),
      ],
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
    };
  }

  /** Describes the authorization server (RFC 8414). */
  @Get('.well-known/oauth-authorization-server')
  @Access('public')
  @DescribedReply(Metadata, 200)
  server(@Req() request: FastifyRequest): object {
    const home = serverAddressOf(this.settings, request);
    return {
      issuer: home,
      authorization_endpoint: `${home}/oauth/authorize`,
      token_endpoint: `${home}/oauth/token`,
      registration_endpoint: `${home}/oauth/register`,
      revocation_endpoint: `${home}/oauth/revoke`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      scopes_supported: offeredPermissions,
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
      client_id_metadata_document_supported: true,
      authorization_response_iss_parameter_supported: true,
    };
  }

  /** Describes Heddle as a program that signs in to tool servers. */
  @Get('oauth/client.json')
  @Access('public')
  @DescribedReply(Metadata, 200)
  client(@Req() request: FastifyRequest): object {
    const home = serverAddressOf(this.settings, request);
    return {
      client_id: `${home}/oauth/client.json`,
      client_name: 'Heddle',
      client_uri: home,
      redirect_uris: [`${home}/tools`],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  /** Registers a program (RFC 7591). The program gets no secret: PKCE protects its codes. */
  @Post('oauth/register')
  @Access('public')
  @DescribedBody({
    description: 'What the program states about itself.',
    content: { 'application/json': RegistrationBody },
  })
  @DescribedReply(Metadata, 201)
  async register(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: unknown): Promise<void> {
    await this.answer('register', request, reply, 201, async () => {
      const { id, name, redirectUris, page } = await this.clients.register(body);
      return {
        client_id: id,
        client_name: name,
        redirect_uris: redirectUris,
        client_uri: page,
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      };
    });
  }

  /** The first address in a person's browser. It redirects to the page that asks for consent, or back to the program with an error. */
  @Get('oauth/authorize')
  @Access('public')
  @DescribedReply(undefined, 302)
  async authorize(
    @Query({ schema: AuthorizationQuery }) query: z.infer<typeof AuthorizationQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    let to: string;
    try {
      this.count('authorize', request);
      to = await this.service.begin(query, serverAddressOf(this.settings, request));
    } catch (error) {
      // The page shows Heddle's own text for the code: an address must not bring its own text.
      const code = error instanceof OAuthRefusal ? error.code : toHeddleError(error).code;
      to = `/connect?${new URLSearchParams({ failed: code }).toString()}`;
    }
    await reply.header('cache-control', 'no-store').redirect(to, 302);
  }

  /** Issues tokens for a code or a refresh token. */
  @Post('oauth/token')
  @Access('public')
  @DescribedBody({ description: 'A code, or a refresh token.', content: { [form]: TokenForm } })
  @DescribedReply(Metadata, 200)
  async token(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: unknown): Promise<void> {
    const home = serverAddressOf(this.settings, request);
    await this.answer('token', request, reply, 200, () => this.service.token(fieldsOf(body), home));
  }

  /** Revokes a token (RFC 7009). */
  @Post('oauth/revoke')
  @Access('public')
  @DescribedBody({ description: 'The token.', content: { [form]: RevocationForm } })
  @DescribedReply(undefined, 200)
  async revoke(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: unknown): Promise<void> {
    await this.answer('token', request, reply, 200, async () => {
      const fields = fieldsOf(body);
      if (fields['token'] === undefined) throw new OAuthRefusal('invalid_request', 'Name the token.');
      await this.service.revoke(fields);
      return {};
    });
  }

  private async answer(
    what: keyof typeof perMinute,
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    work: () => object | Promise<object>,
  ): Promise<void> {
    void reply.header('cache-control', 'no-store');
    try {
      this.count(what, request);
      await reply.status(status).send(await work());
    } catch (error) {
      const refused = refusalOf(error);
      await reply.status(refused.status).send(refused.body);
    }
  }

  private count(what: keyof typeof perMinute, { ip }: FastifyRequest): void {
    this.accounts.rates.take(`oauth ${what} ${networkOf(ip)}`, perMinute[what]);
  }
}

/** The fields of a form. A list or an object as a value is refused. */
function fieldsOf(body: unknown): TokenRequest {
  const fields = Fields.safeParse(body);
  if (fields.success) return fields.data;
  throw new OAuthRefusal('invalid_request', 'Send application/x-www-form-urlencoded, each field once.');
}

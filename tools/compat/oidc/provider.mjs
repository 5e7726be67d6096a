// A real OpenID Connect provider on loopback. People sign in on its page, and programs get signed access tokens for Heddle's endpoint.
import Provider, { errors } from 'oidc-provider';

const [port, home] = process.argv.slice(2);
const endpoint = `${home}/mcp`;
const code = { grant_types: ['authorization_code'], response_types: ['code'] };

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      ...{ client_id: 'heddle', client_secret: 'the-secret-of-heddle', ...code },
      redirect_uris: [`${home}/api/auth/oidc/callback`],
    },
    {
      ...{ client_id: 'program', token_endpoint_auth_method: 'none', application_type: 'native', ...code },
      redirect_uris: ['http://127.0.0.1/callback'],
    },
  ],
  findAccount: (_context, accountId) => ({
    accountId,
    claims: () => ({ sub: accountId, email: `${accountId}@example.org`, email_verified: true, name: accountId }),
  }),
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, indicator) => {
        // The second audience is used to check that Heddle refuses a token for another server.
        if (indicator !== endpoint && indicator !== 'https://other.example.com/mcp')
          throw new errors.InvalidTarget('unknown resource');
        return {
          ...{ scope: 'run:published workflow:read', audience: indicator, accessTokenFormat: 'jwt' },
          ...{ accessTokenTTL: 600, jwt: { sign: { alg: 'RS256' } } },
        };
      },
    },
  },
});
provider.listen(Number(port), '127.0.0.1');

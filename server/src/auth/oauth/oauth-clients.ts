import type { OAuthClient, OAuthStore } from '@heddle/adapters/identity';
import { toHeddleError, withoutUndefined } from '@heddle/core';
import { z } from 'zod';
import { OAuthRefusal } from './oauth-error.js';
import { mayRedirectTo } from './redirect-address.js';

/** A program that requests rights, and the source of the information about it. */
export interface AskingClient extends OAuthClient {
  /** The host of the document that describes the program; undefined if it was registered. */
  readonly host?: string;
}

const Addresses = z.array(z.string()).min(1).max(20);
const Name = z.string().trim().min(1).max(100).catch('A program without a name');

/** What a program states about itself (RFC 7591). As the standard requires, unknown members are ignored. */
export const Registration = z.object({
  redirect_uris: Addresses,
  client_name: Name,
  client_uri: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional()
    .catch(undefined),
  grant_types: z.array(z.string()).max(10).optional(),
  response_types: z.array(z.string()).max(10).optional(),
});

/** A document with which a program describes itself at its own address. */
const Metadata = Registration.extend({ client_id: z.string() });

const mostRegistered = 1_000;
const mostDocumentBytes = 64 * 1024;
const documentMs = 5_000;
/** How long a document is cached, and how many are. */
const keptMs = 60 * 60_000;
const mostKept = 200;

/** Reads a document at an address that anybody may have chosen. The address is checked, and no redirect is followed. */
export type ReadDocument = (
  url: string,
  limits: { readonly maxBytes: number; readonly timeoutMs: number },
) => Promise<string>;

/** The programs that people can connect: registered ones, and those that a document at their address describes. */
export class OAuthClients {
  private readonly documents = new Map<string, { readonly client: AskingClient; readonly until: number }>();

  constructor(
    private readonly store: OAuthStore,
    private readonly clock: { readonly now: () => number },
    private readonly readDocument: ReadDocument,
  ) {}

  /** Errors: `OAuthRefusal`. */
  async register(asked: unknown): Promise<OAuthClient> {
    const made = await this.store.register(described(asked, 'It'), mostRegistered);
    if (made !== undefined) return made;
    throw new OAuthRefusal(
      'temporarily_unavailable',
      `${mostRegistered} programs are connected: no more can register.`,
    );
  }

  /** Errors: `OAuthRefusal`. */
  async require(id: string): Promise<AskingClient> {
    if (id.startsWith('https://')) return this.documented(id);
    const found = await this.store.client(id);
    if (found === undefined)
      throw new OAuthRefusal('invalid_client', 'The program is not registered here: register it.');
    return found;
  }

  private async documented(id: string): Promise<AskingClient> {
    const known = this.documents.get(id);
    if (known !== undefined && known.until > this.clock.now()) return known.client;
    if (id.length > 500 || !URL.canParse(id))
      throw new OAuthRefusal('invalid_client', 'The client_id is not an address.');
    const url = new URL(id);
    if (url.href !== id || url.pathname === '/' || url.username !== '' || url.password !== '' || url.hash !== '')
      throw new OAuthRefusal('invalid_client', 'The client_id must be an address with a path, written in full.');
    const client = { ...(await this.read(id)), host: url.host };
    const now = this.clock.now();
    for (const [other, { until }] of this.documents)
      if (until <= now || this.documents.size >= mostKept) this.documents.delete(other);
    this.documents.set(id, { client, until: now + keptMs });
    return client;
  }

  private async read(id: string): Promise<OAuthClient> {
    let text: string;
    try {
      text = await this.readDocument(id, { maxBytes: mostDocumentBytes, timeoutMs: documentMs });
    } catch (cause) {
      // Outsiders must not learn which addresses inside this network answer.
      const isBlocked = toHeddleError(cause).code === 'fetch_blocked';
      throw new OAuthRefusal(
        'invalid_client',
        `The document of the program ${isBlocked ? 'may not' : 'cannot'} be read.`,
      );
    }
    const said = Metadata.safeParse(jsonOf(text));
    if (!said.success || said.data.client_id !== id)
      throw new OAuthRefusal('invalid_client', 'The document of the program does not describe this client_id.');
    return { id, ...described(said.data, 'Its document') };
  }
}

/** Errors: `OAuthRefusal`. */
function described(asked: unknown, who: string): Omit<OAuthClient, 'id'> {
  const said = Registration.safeParse(asked);
  if (!said.success)
    throw new OAuthRefusal('invalid_client_metadata', `${who} must name redirect_uris, 1 to 20 addresses.`);
  const { redirect_uris: redirectUris, client_name: name, client_uri: page } = said.data;
  const { grant_types: grants = ['authorization_code'], response_types: responses = ['code'] } = said.data;
  if (!grants.includes('authorization_code') || !responses.includes('code'))
    throw new OAuthRefusal(
      'invalid_client_metadata',
      'Programs can only sign in with the grant type authorization_code and the response type code.',
    );
  const wrong = redirectUris.find((address) => !mayRedirectTo(address));
  if (wrong !== undefined)
    throw new OAuthRefusal(
      'invalid_redirect_uri',
      `'${wrong.slice(0, 100)}' must use https, http on this machine, or the scheme of a program, and have no fragment.`,
    );
  return withoutUndefined({ name, redirectUris, page });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { withoutUndefined, type Role } from '@heddle/core';
import type { Browser } from 'playwright-core';
import { eventually } from './eventually.js';
import { openPage, type WatchedPage } from './open-browser.js';
import type { ServerProcess } from './start-server.js';

/** A user who is signed in. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly cookie: string;
}

export const password = 'a long enough password';

/** Gives the link that creates the first owner, as printed in the terminal. */
export const ownerLink = (server: ServerProcess): Promise<string> =>
  eventually('link that makes the owner', () => /http:\S+\/sign-in\?setup=\S+/.exec(server.stderr())?.[0]);

/** Calls the API as a user, like their browser; returns the body of a successful reply. */
export async function requests<Body = unknown>(
  server: ServerProcess,
  person: Pick<Person, 'cookie'> | undefined,
  method: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Body> {
  const reply = await send(server, person, method, path, body, headers);
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Body;
}

function send(
  { address }: ServerProcess,
  person: Pick<Person, 'cookie'> | undefined,
  method: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return fetch(address + path, {
    method,
    headers: withoutUndefined({
      origin: address,
      'content-type': body === undefined ? undefined : 'application/json',
      cookie: person?.cookie,
      ...headers,
    }),
    body: body === undefined ? null : JSON.stringify(body),
  });
}

/** Creates the first owner, Ada, with the printed link. */
export async function makeOwner(server: ServerProcess): Promise<Person> {
  const name = 'Ada';
  const token = new URL(await ownerLink(server)).searchParams.get('setup') ?? '';
  return chosen(server, { token, name, email: emailOf(name) }, { name, email: emailOf(name) });
}

/** Invites a user, who sets a password at once. */
export async function makeUser(
  server: ServerProcess,
  owner: Person,
  name: string,
  roles: readonly Role[],
): Promise<Person> {
  const email = emailOf(name);
  const { token } = await requests<{ readonly token: string }>(server, owner, 'POST', '/api/users', {
    name,
    email,
    roles,
  });
  return chosen(server, { token }, { name, email });
}

async function chosen(
  server: ServerProcess,
  body: Readonly<Record<string, string>>,
  named: Pick<Person, 'name' | 'email'>,
): Promise<Person> {
  const reply = await send(server, undefined, 'POST', '/api/auth/setup', { ...body, password }, {});
  const cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? '';
  const me = await requests<{ readonly principal?: { readonly id: string } }>(
    server,
    { cookie },
    'GET',
    '/api/auth/me',
  );
  return { ...named, cookie, id: me.principal?.id ?? '' };
}

const emailOf = (name: string): string => `${name.toLowerCase()}@example.org`;

/** Opens a new page in which a user is signed in. */
export async function pageOf(browser: Browser, server: ServerProcess, person: Person): Promise<WatchedPage> {
  const watched = await openPage(browser);
  await signIn(watched, server, person);
  return watched;
}

/** Signs a user in on an existing page, without the form. */
export async function signIn({ page }: WatchedPage, server: ServerProcess, { cookie }: Person): Promise<void> {
  const at = cookie.indexOf('=');
  await page.context().addCookies([{ name: cookie.slice(0, at), value: cookie.slice(at + 1), url: server.address }]);
}

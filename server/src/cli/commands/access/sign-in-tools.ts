import { FinishToolSignIn, HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { print, printJson, printToStderr } from '../../output.js';
import type { JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';

const longestMs = 10 * 60_000;

/**
 * `heddle tools sign-in`: prints the address of the consent page, waits until the browser is redirected to this machine, and sends the
 * parameters of the redirect to the server.
 */
export async function signInTools(id: string, options: JsonOption, command: Command): Promise<void> {
  const summary = await withLoopback((redirectUrl, reply) =>
    withClient(command, async ({ api }) => {
      const { url } = await api.POST('/api/tools/servers/{id}/sign-in', {
        params: { path: { id } },
        body: { redirectUrl },
      });
      return api.POST('/api/tools/sign-in', { body: await reply(url) });
    }),
  );
  if (options.json === true) printJson(summary);
  else print(`Signed in to ${id}.`);
}

/** `heddle tools sign-out`: deletes the tokens. */
export async function signOutTools(id: string, options: JsonOption, command: Command): Promise<void> {
  const summary = await withClient(command, ({ api }) =>
    api.DELETE('/api/tools/servers/{id}/sign-in', { params: { path: { id } } }),
  );
  if (options.json === true) printJson(summary);
  else print(`Signed out of ${id}: its tokens are deleted here, but not revoked there.`);
}

type Reply = (page: string) => Promise<FinishToolSignIn>;

/** Listens on a free loopback port for the browser's redirect (RFC 8252). */
async function withLoopback<T>(work: (redirectUrl: string, reply: Reply) => Promise<T>): Promise<T> {
  let resolveReply: (reply: FinishToolSignIn) => void = () => undefined;
  const came = new Promise<FinishToolSignIn>((resolve) => (resolveReply = resolve));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const read = FinishToolSignIn.safeParse(Object.fromEntries(searchParams));
    const isAnswer = pathname === '/' && read.success;
    response.writeHead(isAnswer ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(isAnswer ? 'Go back to the command line: this page can be closed.' : 'Nothing is here.');
    if (isAnswer) resolveReply(read.data);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // A server that listens on a port has such an address.
  let timer: ReturnType<typeof setTimeout> | undefined;
  const reply: Reply = (page) => {
    printToStderr(`Open this address in a browser on this machine, and give your consent there:\n${page}`);
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () =>
          reject(new HeddleError('mcp_sign_in', 'The sign-in was not confirmed within ten minutes: sign in again.')),
        longestMs,
      );
    });
    return Promise.race([came, late]);
  };
  try {
    return await work(`http://127.0.0.1:${port}/`, reply);
  } finally {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
  }
}

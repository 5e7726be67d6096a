import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

/** A model hub on this machine with one repository, which answers as the real one does. */
export interface HubDouble {
  readonly url: string;
  /** Addresses that were asked, in order. */
  readonly asked: string[];
  /** Adds a commit with its files and lets `main` point to it. Files that are not JSON are stored outside of git. */
  commit(files: Readonly<Record<string, Buffer>>): string;
  /** Answers downloads with this instead of the file. */
  replace: ((path: string, response: ServerResponse) => boolean) | undefined;
  /** Answers questions about revisions with this instead. */
  reply: ((response: ServerResponse) => boolean) | undefined;
  close(): void;
}

export const doubleRepository = 'owner/repo';

export async function startHubDouble(): Promise<HubDouble> {
  const commits = new Map<string, Readonly<Record<string, Buffer>>>();
  let main = '';
  const commitOf = (revision: string): string => (revision === 'main' ? main : revision);
  const hub = {
    asked: [] as string[],
    replace: undefined as HubDouble['replace'],
    reply: undefined as HubDouble['reply'],
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const address = decodeURIComponent(request.url ?? '');
    hub.asked.push(address);
    const question = /^\/api\/models\/owner\/repo\/revision\/([^?]+)\?blobs=true$/.exec(address);
    const download = /^\/owner\/repo\/resolve\/([^/]+)\/(.+)$/.exec(address);
    if (question !== null) {
      if (hub.reply?.(response) === true) return;
      const commit = commitOf(question[1] ?? '');
      const files = commits.get(commit);
      if (files === undefined) return void response.writeHead(404).end('{"error":"Revision not found"}');
      response.setHeader('content-type', 'application/json');
      const siblings = Object.entries(files).map(([rfilename, content]) => sibling(rfilename, content));
      return void response.end(JSON.stringify({ id: doubleRepository, sha: commit, siblings }));
    }
    const content = download === null ? undefined : commits.get(commitOf(download[1] ?? ''))?.[download[2] ?? ''];
    if (content === undefined) return void response.writeHead(404).end('Entry not found');
    if (hub.replace?.(download?.[2] ?? '', response) === true) return;
    response.writeHead(200, { 'content-length': content.length }).end(content);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(hub, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commit(files: Readonly<Record<string, Buffer>>) {
      main = createHash('sha1').update(`commit ${commits.size}`).digest('hex');
      commits.set(main, files);
      return main;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  });
}

function sibling(rfilename: string, content: Buffer): object {
  const blobId = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  const file = { rfilename, size: content.length, blobId };
  if (rfilename.endsWith('.json')) return file;
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { ...file, lfs: { sha256, size: content.length, pointerSize: 134 } };
}

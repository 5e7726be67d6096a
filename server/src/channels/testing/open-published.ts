import { createSafeFetch } from '@heddle/adapters/fetch';
import { localPrincipal } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { echoDocument } from '../../testing/echo-document.js';
import type { TestHeddleOptions } from '../../testing/test-heddle.js';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

/** Starts a listening Heddle with `echo` published, the real engine and the stored journal. Its fetcher may call this machine. */
export async function openPublished(
  options: TestHeddleOptions & { readonly editor?: string } = {},
): Promise<TestServer> {
  const server = await startTestServer({
    withStoredJournal: true,
    withStandardNodes: true,
    engine: { startRun, resumeRun },
    fetch: createSafeFetch({ allowedHosts: ['127.0.0.1'] }),
    ...options,
  });
  await server.heddle.workflows.create(echoDocument(), 'echo');
  await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
  return server;
}

/** Longer than any expected wait. A failed test must not keep its process alive. */
const patienceMs = 20_000;

/** Waits until `read` gives a value. Tests of hundreds of runs pass a longer time, because a busy machine needs it. */
export async function until<T>(read: () => T | undefined | Promise<T | undefined>, withinMs = patienceMs): Promise<T> {
  for (const end = performance.now() + withinMs; ;) {
    const found = await read();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`The condition did not hold within ${withinMs / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

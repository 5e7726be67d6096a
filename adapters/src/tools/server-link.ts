import { HeddleError, steadyFace, type Clock, type RawTool, type ToolServer } from '@heddle/core';
import { openSession, type Session, type SessionPlace } from './open-session.js';

export interface LinkParts extends SessionPlace {
  readonly clock: Clock;
  /** Takes what was listed, before anything of it is called. */
  readonly onTools: (tools: readonly RawTool[]) => Promise<void>;
  /** What people who run Heddle should know: a server that ended, with the last that it said. */
  readonly onProblem: (problem: string) => void;
}

/** What a link is doing. */
export interface LinkActivity {
  readonly state: 'idle' | 'connected' | 'waiting';
  readonly inFlight: number;
  /** Epoch milliseconds. */
  readonly retryAt?: number;
  readonly problem?: string;
}

/** The connection to one server: opened by the first call, kept warm, closed after it was not used for a while. */
export interface ServerLink {
  readonly server: ToolServer;
  activity(): LinkActivity;
  /** Does work on the open session. Errors: `mcp_unreachable`. */
  use<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Lists the tools again; calls that come meanwhile share the result. Errors: `mcp_unreachable`. */
  list(): Promise<void>;
  /** Forgets failures, so that the next use tries at once. */
  forgive(): void;
  close(): Promise<void>;
}

const longestRestMs = 60_000;
/** The first failure costs nothing: a server that ended is simply started again. */
const restAfter = (failures: number): number =>
  failures <= 1 ? 0 : Math.min(longestRestMs, 500 * 2 ** (failures - 1));

export function createServerLink(parts: LinkParts): ServerLink {
  const { server, clock } = parts;
  const time = steadyFace(clock);
  let opening: Promise<Session> | undefined;
  let listing: Promise<void> | undefined;
  let isOpen = false;
  let failures = 0;
  let restsUntil = 0;
  let problem: string | undefined;
  let inFlight = 0;
  let cancelIdle: (() => void) | undefined;
  let isClosed = false;

  const failed = (why: string): void => {
    failures += 1;
    restsUntil = time.now() + restAfter(failures);
    problem = why;
    parts.onProblem(why);
  };

  const listWith = (session: Session): Promise<void> =>
    (listing ??= session
      .list()
      .then((tools) => parts.onTools(tools))
      .finally(() => (listing = undefined)));

  const open = async (): Promise<Session> => {
    if (isClosed)
      throw new HeddleError('mcp_unreachable', `The tool server '${server.id}' is being changed: try again.`);
    const rest = restsUntil - time.now();
    if (rest > 0)
      throw new HeddleError(
        'mcp_unreachable',
        `The tool server '${server.id}' failed ${failures} times and rests for ${Math.ceil(rest / 1000)} s: ${problem ?? ''}`,
        { details: { server: server.id } },
      );
    try {
      const session = await openSession(parts);
      let hasEnded = false;
      session.onEnd(() => {
        hasEnded = true;
        ended(session);
      });
      session.onListChanged(() => void listWith(session).catch(() => undefined));
      // What is called is what was listed on this very connection.
      await listWith(session).catch(async (error: unknown) => {
        await session.close();
        throw error;
      });
      isOpen = !hasEnded;
      if (hasEnded) throw new HeddleError('mcp_unreachable', `The tool server '${server.id}' ended at once.`);
      return session;
    } catch (error) {
      failed(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };

  const opened = (): Promise<Session> =>
    (opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));

  const ended = (session: Session): void => {
    if (!isOpen) return;
    isOpen = false;
    opening = undefined;
    const said = session.errorOutput().trim();
    failed(`The tool server '${server.id}' ended.${said === '' ? '' : ` It said: ${said.slice(-500)}`}`);
  };

  const leave = async (): Promise<void> => {
    cancelIdle?.();
    const leaving = opening;
    opening = undefined;
    isOpen = false;
    await leaving?.then(
      (session) => session.close(),
      () => undefined,
    );
  };

  return {
    server,
    activity: () => {
      const rest = restsUntil - time.now();
      return {
        state: isOpen ? 'connected' : rest > 0 ? 'waiting' : 'idle',
        inFlight,
        ...(rest > 0 ? { retryAt: clock.now() + rest } : {}),
        ...(problem === undefined ? {} : { problem }),
      };
    },
    async use(work) {
      cancelIdle?.();
      inFlight += 1;
      try {
        const result = await work(await opened()).catch(async (error: unknown) => {
          if (!isForgotten(error)) throw error;
          // The server no longer knows the session and did nothing: a new session is made.
          await leave();
          return work(await opened());
        });
        failures = 0;
        problem = undefined;
        return result;
      } finally {
        inFlight -= 1;
        if (inFlight === 0 && opening !== undefined)
          cancelIdle = time.at(time.now() + server.limits.idleMinutes * 60_000, () => void leave());
      }
    },
    list() {
      const wasOpen = isOpen;
      return this.use((session) => (wasOpen ? listWith(session) : Promise.resolve()));
    },
    forgive() {
      failures = 0;
      restsUntil = 0;
    },
    async close() {
      isClosed = true;
      await leave();
    },
  };
}

/** Whether a server answered that it does not know the session (404 of the streamable HTTP transport). */
function isForgotten(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 404) || isForgotten(error.cause);
}

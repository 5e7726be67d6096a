import { HeddleError, steadySource, type Clock, type RawTool, type ToolServer } from '@heddle/core';
import { openSession, type Session, type SessionOptions } from './open-session.js';

export interface ServerLinkOptions extends SessionOptions {
  readonly clock: Clock;
  /** Receives the listed tools before one of them is called. */
  readonly onTools: (tools: readonly RawTool[]) => Promise<void>;
  /** Reports what operators should know, such as a server that ended and its last output. */
  readonly onProblem: (problem: string) => void;
}

export interface LinkActivity {
  readonly state: 'idle' | 'connected' | 'waiting';
  readonly inFlight: number;
  /** Epoch milliseconds. */
  readonly retryAt?: number;
  readonly problem?: string;
}

const longestRestMs = 60_000;
/** After the first failure there is no delay: a server that ended is started again at once. */
const restAfter = (failures: number): number =>
  failures <= 1 ? 0 : Math.min(longestRestMs, 500 * 2 ** (failures - 1));

/** The connection to one server: opened by the first call, kept open, closed when it has not been used for a while. */
export class ServerLink {
  readonly server: ToolServer;
  private readonly options: ServerLinkOptions;
  private readonly time: Pick<Clock, 'now' | 'at'>;
  private opening: Promise<Session> | undefined;
  private listing: Promise<void> | undefined;
  private isOpen = false;
  private failures = 0;
  private restsUntil = 0;
  private problem: string | undefined;
  private inFlight = 0;
  private cancelIdle: (() => void) | undefined;
  private isClosed = false;

  constructor(options: ServerLinkOptions) {
    this.server = options.server;
    this.options = options;
    this.time = steadySource(options.clock);
  }

  activity(): LinkActivity {
    const rest = this.restsUntil - this.time.now();
    return {
      state: this.isOpen ? 'connected' : rest > 0 ? 'waiting' : 'idle',
      inFlight: this.inFlight,
      ...(rest > 0 ? { retryAt: this.options.clock.now() + rest } : {}),
      problem: this.problem,
    };
  }

  /** Does work on the open session. Errors: `mcp_unreachable`. */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    this.cancelIdle?.();
    this.inFlight += 1;
    try {
      const result = await work(await this.opened()).catch(async (error: unknown) => {
        if (!isForgotten(error)) throw error;
        // The server no longer knows the session and did not work on the request: open a new session.
        await this.leave();
        return work(await this.opened());
      });
      this.failures = 0;
      this.problem = undefined;
      return result;
    } finally {
      this.inFlight -= 1;
      if (this.inFlight === 0 && this.opening !== undefined) this.leaveWhenIdle();
    }
  }

  /** Lists the tools again; calls made at the same time share the result. Errors: `mcp_unreachable`. */
  list(): Promise<void> {
    const wasOpen = this.isOpen;
    return this.use((session) => (wasOpen ? this.listWith(session) : Promise.resolve()));
  }

  /** Forgets earlier failures, so that the next use connects at once. */
  forgive(): void {
    this.failures = 0;
    this.restsUntil = 0;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.leave();
  }

  private opened(): Promise<Session> {
    return (this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    }));
  }

  private async open(): Promise<Session> {
    this.refuseWhileResting();
    try {
      const session = await openSession(this.options);
      let hasEnded = false;
      session.onEnd(() => {
        hasEnded = true;
        this.onEnd(session);
      });
      session.onListChanged(() => void this.listWith(session).catch(() => undefined));
      // Every connection lists its tools before the first call.
      await this.listWith(session).catch(async (error: unknown) => {
        await session.close();
        throw error;
      });
      this.isOpen = !hasEnded;
      if (hasEnded) throw new HeddleError('mcp_unreachable', `The tool server '${this.server.id}' ended at once.`);
      return session;
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  private refuseWhileResting(): void {
    const { id } = this.server;
    if (this.isClosed) throw new HeddleError('mcp_unreachable', `The tool server '${id}' is being changed: try again.`);
    const rest = this.restsUntil - this.time.now();
    if (rest <= 0) return;
    throw new HeddleError(
      'mcp_unreachable',
      `The tool server '${id}' failed ${this.failures} times and is tried again in ${Math.ceil(rest / 1000)} s: ${this.problem ?? ''}`,
      { details: { server: id } },
    );
  }

  private listWith(session: Session): Promise<void> {
    return (this.listing ??= session
      .list()
      .then((tools) => this.options.onTools(tools))
      .finally(() => (this.listing = undefined)));
  }

  private onEnd(session: Session): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.opening = undefined;
    const said = session.errorOutput().trim();
    this.fail(`The tool server '${this.server.id}' ended.${said === '' ? '' : ` It said: ${said.slice(-500)}`}`);
  }

  private fail(why: string): void {
    this.failures += 1;
    this.restsUntil = this.time.now() + restAfter(this.failures);
    this.problem = why;
    this.options.onProblem(why);
  }

  private leaveWhenIdle(): void {
    const idleMs = this.server.limits.idleMinutes * 60_000;
    this.cancelIdle = this.time.at(this.time.now() + idleMs, () => void this.leave());
  }

  private async leave(): Promise<void> {
    this.cancelIdle?.();
    const leaving = this.opening;
    this.opening = undefined;
    this.isOpen = false;
    await leaving?.then(
      (session) => session.close(),
      () => undefined,
    );
  }
}

/** Whether a server answered that it does not know the session (404 in the streamable HTTP transport). */
function isForgotten(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('status' in error && error.status === 404) || isForgotten(error.cause);
}

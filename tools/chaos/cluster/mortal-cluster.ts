import type { ServerProcess } from '../../e2e/start-server.js';
import { pause, type ServerSource } from '../client-world.js';
import type { ServerLife } from '../evidence.js';
import { Member, type ClusterSettings, type ProgramVersion, type Role } from './member.js';

/** The number of processes that answer requests, and of processes that execute runs. */
export interface ClusterSize {
  readonly apis: number;
  readonly workers: number;
}

/** The processes of a cluster, to which tests apply faults. Requests go in rotation to the processes that answer them. */
export class MortalCluster implements ServerSource {
  readonly members: readonly Member[];
  readonly #otherVersion: string | undefined;
  #next = 0;
  #isStopped = false;
  #upgrades = 0;

  private constructor(members: readonly Member[], otherVersion: string | undefined) {
    this.members = members;
    this.#otherVersion = otherVersion;
  }

  /**
   * Starts all processes and waits until they listen. If another version is given (the built repository of another commit), all processes
   * begin with it.
   */
  static async start(
    settings: ClusterSettings,
    { apis, workers }: ClusterSize,
    otherVersion?: string,
  ): Promise<MortalCluster> {
    const open = (role: Role, count: number) =>
      Array.from({ length: count }, (_, index) => Member.open(`${role} ${index + 1}`, role, settings));
    const members = await Promise.all([...open('api', apis), ...open('worker', workers)]);
    const cluster = new MortalCluster(members, otherVersion);
    if (otherVersion !== undefined) for (const member of members) member.setVersion({ repository: otherVersion });
    // The first process creates the tables and the key.
    const [first, ...others] = members;
    first?.start();
    await Promise.race([first?.server.current(), cluster.ownEnd]);
    for (const member of others) member.start();
    await Promise.race([Promise.all(others.map(({ server }) => server.current())), cluster.ownEnd]);
    return cluster;
  }

  /** Whether the program of another repository takes part. */
  get hasOtherVersion(): boolean {
    return this.#otherVersion !== undefined;
  }

  /** Gives the version for the next upgrade, alternating between two. The first upgrade brings the version that no process has yet. */
  nextVersion(): ProgramVersion {
    this.#upgrades += 1;
    const isFirst = this.#upgrades % 2 === 1;
    if (this.#otherVersion !== undefined) return isFirst ? {} : { repository: this.#otherVersion };
    return isFirst ? { announced: `0.1.${this.#upgrades}` } : {};
  }

  of(role: Role): readonly Member[] {
    return this.members.filter((member) => member.role === role);
  }

  /** Rejects when a process ends by itself although it must not. */
  get ownEnd(): Promise<never> {
    return Promise.race(
      this.members.map(({ name, server }) =>
        server.ownEnd.catch((error: unknown) =>
          Promise.reject(new Error(`${name}: ${String(error)}`, { cause: error })),
        ),
      ),
    );
  }

  get lives(): readonly ServerLife[] {
    return this.members.flatMap(({ server }) => server.lives);
  }

  get orphans(): ReadonlySet<number> {
    return new Set(this.members.flatMap(({ server }) => [...server.orphans]));
  }

  /** Rejects once the cluster is stopped: a client that waits then would wait for ever. */
  async current(): Promise<ServerProcess> {
    while (!this.#isStopped) {
      const servers = this.of('api').flatMap(({ listening }) => listening ?? []);
      this.#next += 1;
      const server = servers[this.#next % servers.length];
      if (server !== undefined) return server;
      await pause(20);
    }
    throw new Error('The cluster is stopped.');
  }

  /** Ends all processes with SIGTERM. Returns those that did not exit with 0. */
  async stop(): Promise<readonly string[]> {
    this.#isStopped = true;
    const ends = await Promise.all(
      this.members.map(async (member) => ({ name: member.name, code: await member.stop() })),
    );
    return ends
      .filter(({ code }) => code !== 0)
      .map(({ name, code }) => `${name} was stopped in order and ended with ${code ?? 'a signal'}, not 0`);
  }

  async close(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.members.map((member) => member.kill()));
    await Promise.all(this.members.map(({ proxy }) => proxy.close()));
  }
}

import { startTcpProxy, type TcpProxy } from '@heddle/adapters/testing';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, temporaryFolder } from '../../e2e/built-program.js';
import type { ServerProcess } from '../../e2e/start-server.js';
import { MortalServer, type NextLife, type OwnEnd } from '../mortal-server.js';

/** The role of a process in a cluster. */
export type Role = 'api' | 'worker';

/**
 * A version of the program: that of this repository, the same program with another announced version, or that of another built repository.
 */
export interface ProgramVersion {
  readonly announced?: string;
  readonly repository?: string;
}

/** The settings that all processes of a cluster share. */
export interface ClusterSettings {
  /** The port of Postgres; `database` is the name of the database. */
  readonly postgresPort: number;
  readonly database: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether collections are in Postgres (pgvector). */
  readonly hasVectors: boolean;
  /** Whether the clocks of workers can be set. */
  readonly hasClocks: boolean;
  /** Whether `heddle migrate` migrates the schema, not the start of a process of this repository. */
  readonly isMigratedApart: boolean;
}

const preload = (...path: readonly string[]): string => `--import ${pathToFileURL(join(root, 'tools', ...path)).href}`;

/** Milliseconds before a failed start is tried again, if the database, Redis or the bucket was unreachable. */
const tryAgainMs = 300;
const mayTryAgain = /\b(database_unreachable|queue_unreachable|bucket_unreachable)\b/;

/** A process of a cluster. Its connection to the database leads through a proxy of its own, which faults can disturb. */
export class Member {
  readonly name: string;
  readonly role: Role;
  readonly proxy: TcpProxy;
  readonly server: MortalServer;
  /** Whether a fault uses it now. */
  isBusy = false;
  /** Whether it is stopped, so that requests must not go to it. */
  isHeld = false;
  /** The number of starts that failed because the database, Redis or the bucket was unreachable. */
  refusedStarts = 0;
  readonly #settings: ClusterSettings;
  readonly #clockFile: string;
  #version: ProgramVersion = {};
  #starts = 0;
  #isStopped = false;

  private constructor(name: string, role: Role, settings: ClusterSettings, proxy: TcpProxy) {
    this.name = name;
    this.role = role;
    this.proxy = proxy;
    this.#settings = settings;
    const folder = temporaryFolder();
    this.#clockFile = join(folder, 'clock');
    this.setClock(0);
    this.server = new MortalServer(join(folder, 'data'), this.#environment(), (end) => this.#mayEnd(end));
  }

  /** Opens the proxy; does not start a process yet. */
  static async open(name: string, role: Role, settings: ClusterSettings): Promise<Member> {
    return new Member(name, role, settings, await startTcpProxy(settings.postgresPort));
  }

  #environment(): Readonly<Record<string, string>> {
    const { database, environment, hasClocks, hasVectors, isMigratedApart } = this.#settings;
    const isShifted = hasClocks && this.role === 'worker';
    const url = `postgres://postgres@127.0.0.1:${this.proxy.port}/${database}`;
    const given: Record<string, string> = {
      ...environment,
      HEDDLE_DATABASE_URL: url,
      ...(hasVectors && { PGVECTOR_URL: url }),
      HEDDLE_ROLE: this.role,
    };
    const preloads: string[] = [];
    if (isShifted) {
      preloads.push(preload('e2e', 'shift-clock.mjs'));
      given['CLOCK_SHIFT'] = this.#clockFile;
    }
    const { announced, repository } = this.#version;
    if (announced !== undefined) {
      preloads.push(preload('chaos', 'cluster', 'other-version.mjs'));
      given['HEDDLE_CHAOS_VERSION'] = announced;
    }
    if (isMigratedApart && repository === undefined) given['HEDDLE_DATABASE_MIGRATE'] = 'false';
    if (preloads.length > 0) given['NODE_OPTIONS'] = preloads.join(' ');
    return given;
  }

  /** The server that listens now and accepts requests; undefined if there is none. */
  get listening(): ServerProcess | undefined {
    return this.isHeld ? undefined : this.server.listening;
  }

  /** Starts the process, with the same folder or, if `isNew`, with an empty one. */
  start({ isNew = false }: { readonly isNew?: boolean } = {}): void {
    this.#starts += 1;
    this.#isStopped = false;
    const life: NextLife = { environment: this.#environment(), repository: this.#version.repository };
    this.server.start(isNew ? { ...life, data: join(temporaryFolder(), 'data') } : life);
  }

  get version(): ProgramVersion {
    return this.#version;
  }

  /** Sets the version for the next start of the process. */
  setVersion(version: ProgramVersion): void {
    this.#version = version;
  }

  /** Sets how many milliseconds its clock is ahead. */
  setClock(ms: number): void {
    writeFileSync(this.#clockFile, String(ms));
  }

  async kill(): Promise<void> {
    this.#isStopped = true;
    await this.server.kill();
  }

  /** Ends the process with SIGTERM; returns its exit code. */
  async stop(): Promise<number | null> {
    this.#isStopped = true;
    return this.server.stop();
  }

  /** A process that cannot reach its services at the start ends, and is started again, as an orchestrator does. */
  #mayEnd({ code, stderr, life }: OwnEnd): boolean {
    if (life.listeningAt !== undefined || code === null || !mayTryAgain.test(stderr)) return false;
    this.refusedStarts += 1;
    const before = this.#starts;
    setTimeout(() => {
      if (this.#starts === before && !this.#isStopped) this.start();
    }, tryAgainMs);
    return true;
  }
}

import { startTcpProxy, type TcpProxy } from '@heddle/adapters/testing';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, temporaryFolder } from '../../e2e/built-program.js';
import type { ServerProcess } from '../../e2e/start-server.js';
import { MortalServer, type NextLife, type OwnEnd } from '../mortal-server.js';

/** What a process of a cluster does. */
export type Role = 'api' | 'worker';

/** A version of the program: the one of the tree, the same one that announces another number, or that of another built repository. */
export interface ProgramVersion {
  readonly announced?: string;
  readonly repository?: string;
}

/** What the processes of a cluster have in common. */
export interface ClusterSettings {
  /** The port of Postgres, and the name of the database. */
  readonly postgresPort: number;
  readonly database: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Whether collections are in the database. */
  readonly hasVectors: boolean;
  /** Whether clocks of workers can be set. */
  readonly hasClocks: boolean;
  /** Whether the schema is migrated by `heddle migrate`, not by the start of a process of this tree. */
  readonly isMigratedApart: boolean;
}

const preload = (...path: readonly string[]): string => `--import ${pathToFileURL(join(root, 'tools', ...path)).href}`;

/** A start is tried again after so long where the database, Redis or the bucket was away. */
const tryAgainMs = 300;
const mayTryAgain = /\b(database_unreachable|queue_unreachable|bucket_unreachable)\b/;

/** A process of a cluster with its own connection to the database, through which faults come. */
export class Member {
  readonly name: string;
  readonly role: Role;
  readonly proxy: TcpProxy;
  readonly server: MortalServer;
  /** Whether a fault has it now. */
  isBusy = false;
  /** Whether requests can go to it. */
  isHeld = false;
  /** Starts that were refused because the database, Redis or the bucket was away. */
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

  /** Opens the connection; starts no process yet. */
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

  /** The server that listens now and takes requests; undefined where none does. */
  get listening(): ServerProcess | undefined {
    return this.isHeld ? undefined : this.server.listening;
  }

  /** Starts the process, over the same folder or as a new one. */
  start({ isNew = false }: { readonly isNew?: boolean } = {}): void {
    this.#starts += 1;
    this.#isStopped = false;
    const life: NextLife = { environment: this.#environment(), repository: this.#version.repository };
    this.server.start(isNew ? { ...life, data: join(temporaryFolder(), 'data') } : life);
  }

  get version(): ProgramVersion {
    return this.#version;
  }

  /** From the next start on, the process is of this version. */
  setVersion(version: ProgramVersion): void {
    this.#version = version;
  }

  /** How many milliseconds its clock is ahead. */
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

  /** A start without its database ends, and whoever runs the process starts it again. */
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

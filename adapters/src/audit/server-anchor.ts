import { HeddleError, steadySource, type Clock, type Tables } from '@heddle/core';
import { removeDrafts } from '../database/files/remove-drafts.js';
import {
  draftOf,
  readAnchor,
  SignedAnchor,
  signAnchor,
  unsignedAnchor,
  writeAnchorBeside,
  type Anchor,
} from './audit-anchor.js';
import { chainStart } from './audit-chain.js';
import type { ChainHead } from './audit-log.js';
import type { ChainLoss } from './chain-loss.js';

interface ServerAnchorOptions {
  /** For example `audit.server.head` in the data folder of the process. */
  readonly file: string;
  readonly key: Buffer;
  readonly clock: Clock;
  /** Called once if records of the chain turn out to be missing or replaced while the process runs. */
  readonly onLoss?: (loss: ChainLoss) => void;
}

/**
 * The anchor of the audit chain on a server. Each process records in its own signed file how far it has seen the chain. Someone who can
 * write to the database, or who restores an older one, therefore cannot remove records unnoticed. A process without a file has nothing to
 * compare and creates one.
 */
export interface ServerAnchor {
  /** How the chain differed from the file at the start; undefined if it did not, or if a person has accepted the difference since. */
  readonly loss: ChainLoss | undefined;
  /** The end of the chain that the file names; undefined without a file. Errors: `storage_*`. */
  found(): Anchor | 'forged' | undefined;
  /** Follows the chain until `close`. A file that contradicts the chain is not replaced. */
  start(): void;
  /** Signs the current end of the chain. Other processes accept the chain when they find this signature in an audit record. */
  acceptance(): Promise<SignedAnchor>;
  /** Writes the newest record of the chain into the file, whatever the file contained. Errors: `storage_*`, `database_*`. */
  replace(): Promise<void>;
  close(): Promise<void>;
}

const followMs = 5_000;
/** How many of the newest records about the audit log are searched for an acceptance. */
const acceptancesRead = 100;

const headSql = 'SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1';
const hashSql = 'SELECT number, hash FROM audit WHERE number = @number';
const aboutSql = "SELECT details FROM audit WHERE subject = 'audit' ORDER BY number DESC LIMIT @limit";

/** Reads the file and compares the chain with it. Errors: `storage_*`, `database_*`. */
export async function openServerAnchor(tables: Tables, options: ServerAnchorOptions): Promise<ServerAnchor> {
  const { file, key } = options;
  const found = readAnchor(file, key);
  if (found === 'missing') return new FileAnchor(tables, options, undefined, noRecord);
  const head = await headOf(tables);
  if (found === 'forged') {
    const loss = { kind: 'anchor-forged', records: head.number, expected: head.number } as const;
    return new FileAnchor(tables, options, loss, noRecord);
  }
  const loss = await compare(tables, found, head);
  if (loss === undefined) return new FileAnchor(tables, options, undefined, found);
  const isRight = await isAccepted(tables, found, key);
  return new FileAnchor(tables, options, isRight ? undefined : loss, noRecord);
}

/** Every chain is a continuation of it. */
const noRecord: ChainHead = { number: 0, hash: chainStart };

class FileAnchor implements ServerAnchor {
  /** The record that the file names; undefined while the file may not be written. */
  private anchored: ChainHead | undefined;
  private stopTimer: (() => void) | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly tables: Tables,
    private readonly options: ServerAnchorOptions,
    readonly loss: ChainLoss | undefined,
    /** The record that the chain must contain when the first file is written. */
    private readonly first: ChainHead,
  ) {}

  found(): Anchor | 'forged' | undefined {
    const found = readAnchor(this.options.file, this.options.key);
    return found === 'missing' ? undefined : found;
  }

  start(): void {
    if (this.loss !== undefined) return;
    removeDrafts(draftOf(this.options.file));
    this.anchored = this.first;
    this.follow();
  }

  async acceptance(): Promise<SignedAnchor> {
    const { key, clock } = this.options;
    return signAnchor({ ...(await headOf(this.tables)), time: clock.now() }, key);
  }

  async replace(): Promise<void> {
    this.anchored = { ...noRecord, number: -1 };
    await this.write();
  }

  async close(): Promise<void> {
    this.stopTimer?.();
    await this.working;
    if (this.stopTimer !== undefined) await this.write().catch(() => undefined);
    this.anchored = undefined;
  }

  private follow(): void {
    const time = steadySource(this.options.clock);
    // A write that the database or the disk refuses is tried again the next time.
    this.working = this.working.then(() => this.write()).catch(() => undefined);
    this.stopTimer = time.at(time.now() + followMs, () => this.follow());
  }

  private async write(): Promise<void> {
    const { anchored, tables, options } = this;
    if (anchored === undefined) return;
    const head = await headOf(tables);
    if (head.number === anchored.number && head.hash === anchored.hash) return;
    const loss = await compare(tables, anchored, head);
    if (loss !== undefined) {
      this.anchored = undefined;
      options.onLoss?.(loss);
      return;
    }
    const isWanted = (): boolean => this.anchored === anchored;
    await writeAnchorBeside(options.file, { ...head, time: options.clock.now() }, options.key, isWanted);
    if (isWanted()) this.anchored = head;
  }
}

const headOf = async (tables: Tables): Promise<ChainHead> => (await tables.get<ChainHead>(headSql)) ?? noRecord;

async function compare(tables: Tables, anchored: ChainHead, head: ChainHead): Promise<ChainLoss | undefined> {
  const { number, hash } = anchored;
  if (number <= 0) return undefined;
  const records = head.number;
  if (number > records) return { kind: 'rolled-back', records, expected: number };
  const row = await tables.get<ChainHead>(hashSql, { number });
  return row?.hash === hash ? undefined : { kind: 'rewritten', records, expected: number };
}

/** Whether a person accepted the chain after the anchor was written, and the chain still contains what they accepted. */
async function isAccepted(tables: Tables, { time }: Anchor, key: Buffer): Promise<boolean> {
  const rows = await tables.all<{ readonly details: string }>(aboutSql, { limit: acceptancesRead });
  for (const { details } of rows) {
    const { anchor } = JSON.parse(details) as { readonly anchor?: unknown }; // canonical JSON of an object
    const accepted = unsignedAnchor(SignedAnchor.safeParse(anchor).data, key);
    if (accepted === 'forged' || accepted.time <= time) continue;
    if ((await compare(tables, accepted, await headOf(tables))) === undefined) return true;
  }
  return false;
}

/** Converts a loss into the error that refuses the database and names the ways out. */
export function lossOnServerError(
  loss: ChainLoss,
  { file, host }: { readonly file: string; readonly host: string },
): HeddleError {
  const isForged = loss.kind === 'anchor-forged';
  return new HeddleError(
    isForged ? 'audit_unanchored' : 'storage_rolled_back',
    `${reasonOnServer(loss, file, host)} Nothing was changed. Restore the database that has them, or accept this one: heddle audit accept --reason "…".`,
    { details: { place: file, ...loss } },
  );
}

/** Describes a loss in a sentence. */
export function reasonOnServer({ kind, records, expected }: ChainLoss, file: string, host: string): string {
  switch (kind) {
    case 'rolled-back':
      return `The newest ${expected - records} audit records that ${file} names are missing in the database at ${host}, with the runs and changes that they record (the chain ends at record ${records}, but had record ${expected}): an older backup was restored, a standby without them took over, or they were removed.`;
    case 'rewritten':
      return `Audit record ${expected} in the database at ${host} is not the one that ${file} names: an older backup was restored and used, or records were rewritten.`;
    case 'anchor-missing':
    case 'anchor-forged':
      return `${file} is damaged, or was not signed with the key of this Heddle, so nothing proves that the newest audit records are all there.`;
  }
}

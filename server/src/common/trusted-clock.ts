import type { StoredTime, TrustedTimeStore } from '@heddle/adapters/stores';
import { steadySource, type Clock, type TimeSource } from '@heddle/core';

/** How far the wall clock may differ from the trusted time, and how long it must then keep pace to be trusted again. */
export const dayMs = 86_400_000;
/** If the wall clock moves by more than this against the elapsed time, it was set, and its day of keeping pace begins again. */
const steadyMs = 3_600_000;
/** If the uptime of the machine advances by more than this against the steady clock of the process, the machine slept. */
const sleptMs = 2_000;
const checkEveryMs = 30_000;
const writeMs = 300_000;
/** How far the clock of the machine may differ from that of the database. A wrong time zone makes an hour; a slow network makes seconds. */
const apartMs = 300_000;

interface TrustedClockOptions {
  /** The wall clock and the steady clock of this process. */
  readonly base: Clock;
  readonly store: TrustedTimeStore;
  /** Milliseconds since the machine started, including its sleep; undefined if that is not known. */
  readonly sinceBoot?: () => number;
  /** How far the wall clock is ahead of the database's clock, if several processes share a database. */
  readonly databaseAhead?: number;
  /** Called with the error if the time could not be stored. */
  readonly onFault?: (error: unknown) => void;
}

/** How the wall clock compares with the trusted time. */
export interface ClockState {
  readonly isTrusted: boolean;
  readonly wall: number;
  readonly trusted: number;
  /** Milliseconds; negative if the wall clock is behind. */
  readonly ahead: number;
  /** Whether the clock was set: it is behind, or it jumped while this process ran. A machine that was off explains neither. */
  readonly wasSet: boolean;
  /** When the wall clock will be trusted without a confirmation, if it keeps pace until then. In wall clock time. */
  readonly trustedAt: number;
  /** How far the wall clock is ahead of the database's clock; undefined if the difference is acceptable. */
  readonly aheadOfDatabase: number | undefined;
  /** How many milliseconds early rights end by the wall clock, until a person confirms the clock. */
  readonly rightsAhead: number;
}

/**
 * The clock of a Heddle, which judges whether the wall clock is right. The trusted time starts at the stored time and advances with the
 * elapsed time. A wall clock that differs by more than a day is in doubt until a person confirms it, or until it has kept pace for a day.
 *
 * Protections (idempotency keys, budgets, retention) use `trusted`: a jump of the clock neither ends nor renews them. Rights (sessions,
 * keys, links) use `rights`, the later of both: a jump never gives back a right that has ended. Waits and schedules use `moments`: the wall
 * clock, except while it was set ahead. Reading a time never writes and takes no lock.
 */
export class TrustedClock implements Clock {
  readonly steady: TimeSource;
  readonly moments: TimeSource;
  /** A time that has certainly been reached. Protections end by it. */
  readonly trusted: TimeSource;
  /** The latest time that it could be. Rights end by it. */
  readonly rights: Pick<TimeSource, 'now'>;

  /** The trusted time `time` was valid when the steady clock showed `at`. */
  private base: { readonly time: number; readonly at: number };
  /** The wall clock at the start of this process; it advances with the steady clock. */
  private line: { readonly time: number; readonly at: number };
  /** How far `rights` is ahead of the trusted time. */
  private rightsAhead = 0;
  /** How far the wall clock was ahead of the trusted time when it began to keep pace, and when that was. */
  private drift: { readonly ahead: number; readonly since: number };
  private seen: { readonly at: number; readonly boot: number };
  private databaseAhead: number;
  private writtenAt = -Infinity;
  private stopTimer: (() => void) | undefined;

  /** Errors: `storage_*`. */
  constructor(private readonly parts: TrustedClockOptions) {
    this.steady = steadySource(parts.base);
    const at = this.steady.now();
    const wall = parts.base.now();
    const kept = parts.store.read();
    this.databaseAhead = parts.databaseAhead ?? 0;
    const isFar = kept !== undefined && Math.abs(wall - kept.time) > dayMs;
    this.base = { time: isFar ? kept.time : wall, at };
    this.line = { time: wall, at };
    this.rightsAhead = kept === undefined ? 0 : Math.max(0, kept.rights - this.base.time);
    this.drift = { ahead: wall - this.base.time, since: at - (isFar ? agreedBefore(kept, wall) : 0) };
    this.seen = { at, boot: this.boot() };
    this.trusted = {
      now: () => this.onFrom(this.base),
      at: (time, callback) => this.steady.at(this.steady.now() + (time - this.onFrom(this.base)), callback),
    };
    this.rights = { now: () => Math.max(this.now(), this.onFrom(this.base) + Math.floor(this.rightsAhead)) };
    this.moments = { now: () => this.momentsNow(), at: (time, callback) => this.atMoment(time, callback) };
    if (kept === undefined) this.write();
  }

  now(): number {
    return this.parts.base.now();
  }

  at(time: number, callback: () => void): () => void {
    return this.parts.base.at(time, callback);
  }

  /** Compares the clocks at intervals, and stores the trusted time. */
  start(): void {
    const checkNow = (): void => {
      this.check();
      if (this.steady.now() - this.writtenAt >= writeMs) this.write();
      this.stopTimer = this.steady.at(this.steady.now() + checkEveryMs, checkNow);
    };
    checkNow();
  }

  /** Stores the trusted time for the next process. */
  close(): void {
    this.stopTimer?.();
    this.check();
    this.write();
  }

  /** Whether data may be deleted because of its age. */
  get isTrusted(): boolean {
    return this.state().isTrusted;
  }

  state(): ClockState {
    const now = this.check();
    const wall = this.now();
    const trusted = this.onFrom(this.base);
    const ahead = wall - trusted;
    return {
      isTrusted: Math.abs(ahead) <= dayMs && !this.isApart,
      wall,
      trusted,
      ahead,
      aheadOfDatabase: this.isApart ? this.databaseAhead : undefined,
      wasSet: ahead < -dayMs || Math.abs(wall - this.onFrom(this.line)) > dayMs,
      trustedAt: wall + Math.max(0, dayMs - (now - this.drift.since)),
      rightsAhead: Math.max(0, this.rights.now() - Math.max(wall, trusted)),
    };
  }

  /** Trusts the wall clock from now on, also for rights, because a person confirmed it. */
  confirm(): void {
    this.check();
    this.adopt(0);
    this.write();
  }

  /**
   * Applies what a shared database says: how far the wall clock is ahead of the database's clock, and the trusted time that the processes
   * store there. If another process trusts the time that this wall clock shows, this one trusts it too.
   */
  compare({ databaseAhead, kept }: { readonly databaseAhead: number; readonly kept: StoredTime | undefined }): void {
    this.check();
    this.databaseAhead = databaseAhead;
    if (kept === undefined || this.isApart) return;
    const wall = this.now();
    const ahead = this.now() - this.onFrom(this.base);
    if (Math.abs(ahead) > dayMs && Math.abs(wall - kept.time) <= dayMs) this.adopt(Math.max(0, kept.rights - wall));
  }

  private get isApart(): boolean {
    return Math.abs(this.databaseAhead) > apartMs;
  }

  /** Compares the clocks, and returns the steady time. */
  private check(): number {
    const now = this.steady.now();
    this.addSleep(now);
    const ahead = this.now() - this.onFrom(this.base);
    if (Math.abs(ahead - this.drift.ahead) > steadyMs) this.drift = { ahead, since: now };
    else if (now - this.drift.since >= dayMs && !this.isApart) {
      // Rights that ended by a later time than the clock now shows stay ended; only a person can give them back.
      const behind = this.rights.now() - this.now();
      this.adopt(behind > dayMs ? behind : 0);
    }
    return now;
  }

  /** Adds the time that the machine slept, which the steady clock of the process did not count. */
  private addSleep(at: number): void {
    const boot = this.boot();
    const slept = boot - this.seen.boot - (at - this.seen.at);
    this.seen = { at, boot };
    if (!(slept > sleptMs)) return;
    this.base = { ...this.base, time: this.base.time + slept };
    this.line = { ...this.line, time: this.line.time + slept };
  }

  private adopt(rightsAhead: number): void {
    const at = this.steady.now();
    this.base = this.line = { time: this.now(), at };
    this.rightsAhead = rightsAhead;
    this.drift = { ahead: 0, since: at };
  }

  private momentsNow(): number {
    const wall = this.now();
    const passed = this.onFrom(this.line);
    return wall - passed > dayMs ? passed : wall;
  }

  private atMoment(time: number, callback: () => void): () => void {
    let stop: () => void;
    const onWall = (): void => {
      const wait = time - this.momentsNow();
      if (wait <= 0) callback();
      // The wall clock shows the time only because it was set ahead. The moment comes after the real time has passed, or when the clock is
      // trusted.
      else stop = this.steady.at(this.steady.now() + Math.min(wait, checkEveryMs), again);
    };
    const again = (): void => {
      stop = this.parts.base.at(time, onWall);
    };
    again();
    return () => stop();
  }

  private onFrom({ time, at }: { readonly time: number; readonly at: number }): number {
    // Whole milliseconds, like those of the machine's clock, because this value is stored.
    return Math.floor(time + (this.steady.now() - at));
  }

  private boot(): number {
    return this.parts.sinceBoot?.() ?? 0;
  }

  private write(): void {
    // A wrong time is not stored, because other processes would adopt it.
    if (this.isApart) return;
    const now = this.steady.now();
    const time = this.onFrom(this.base);
    this.writtenAt = now;
    try {
      this.parts.store.write({
        time,
        rights: time + this.rightsAhead,
        ahead: this.now() - time,
        agreedMs: now - this.drift.since,
      });
    } catch (error) {
      this.parts.onFault?.(error);
    }
  }
}

/** For how long an earlier process saw the wall clock keep pace; 0 if the clock has moved by more than a day since. */
function agreedBefore(kept: StoredTime, wall: number): number {
  const moved = wall - kept.time - kept.ahead;
  return Math.abs(kept.ahead) > dayMs && moved >= -steadyMs && moved <= dayMs ? kept.agreedMs : 0;
}

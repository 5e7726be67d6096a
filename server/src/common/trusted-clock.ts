import type { KeptTime, TrustedTimeStore } from '@heddle/adapters/stores';
import { steadySource, type Clock, type TimeSource } from '@heddle/core';

/** How far the wall clock may differ from the trusted time, and how long it must agree to be trusted again. */
export const dayMs = 86_400_000;
/** A wall clock that moves by more than this against the elapsed time was set: its day of agreement begins again. */
const steadyMs = 3_600_000;
/** The time since the start of the machine shows its sleep; the steady clock of the process does not. */
const sleptMs = 2_000;
const checkEveryMs = 30_000;
const writeMs = 300_000;
/** How far the clock of the machine may differ from that of the database. A wrong time zone is an hour, and a network delays an answer by seconds. */
const apartMs = 300_000;

interface TrustedClockOptions {
  /** The wall clock and the steady clock of this process. */
  readonly base: Clock;
  readonly store: TrustedTimeStore;
  /** Milliseconds since the machine started, its sleep included; left out where that is not known. */
  readonly sinceBoot?: () => number;
  /** How far the wall clock is ahead of that of the database, where several processes share one. */
  readonly databaseAhead?: number;
  /** Called with the reason why the time could not be stored. */
  readonly onFault?: (error: unknown) => void;
}

/** How the wall clock compares with the trusted time. */
export interface ClockState {
  readonly isTrusted: boolean;
  readonly wall: number;
  readonly trusted: number;
  /** Milliseconds; negative where the wall clock is behind. */
  readonly ahead: number;
  /** Whether the difference cannot come from a machine that was off: the clock is behind, or it was set while this process ran. */
  readonly wasSet: boolean;
  /** When the wall clock becomes trusted by itself if it stays as it is, by the wall clock. */
  readonly trustedAt: number;
  /** How far the wall clock is ahead of that of the database, where that is too far. */
  readonly aheadOfDatabase: number | undefined;
  /** Milliseconds by which rights end before the wall clock says so, until a person confirms the clock. */
  readonly rightsAhead: number;
}

/**
 * The clock of a Heddle, and what it knows about the wall clock. The trusted time advances with the elapsed time; it starts at the
 * stored time. A wall clock that differs by more than a day is in doubt until a person confirms it or it has kept pace for a day.
 *
 * Protections (idempotency keys, budgets, retention) use `trusted`: a jump of the clock neither ends nor renews them. Rights (sessions,
 * keys, links) use `rights`, the later of both: a jump never gives back what has ended. Times that fall due (waits, schedules) use
 * `moments`: the wall clock, except while it was set ahead. Reading a time never writes and takes no lock.
 */
export class TrustedClock implements Clock {
  readonly steady: TimeSource;
  readonly moments: TimeSource;
  /** The time that has certainly come: protections end by it. */
  readonly trusted: TimeSource;
  /** The latest possible time: rights end by it. */
  readonly rights: Pick<TimeSource, 'now'>;

  /** The trusted time at a moment of the steady clock. */
  private base: { readonly time: number; readonly at: number };
  /** The wall clock at the start of this process, and how it goes on from there. */
  private line: { readonly time: number; readonly at: number };
  /** How far `rights` is ahead of the trusted time. */
  private rightsAhead = 0;
  /** How far the wall clock was ahead when its agreement began, and how long it has agreed. */
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

  /** Compares the clocks from time to time, and stores the trusted time. */
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

  /** Whether anything may be deleted because of its age. */
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

  /** A person confirms the wall clock: it is trusted from now on, for rights too. */
  confirm(): void {
    this.check();
    this.adopt(0);
    this.write();
  }

  /**
   * Takes what was learned from a database that several processes share: how far the wall clock is ahead of its clock, and the time that they keep
   * there. Where another one has trusted the time that this wall clock shows, it is trusted here too.
   */
  compare({ databaseAhead, kept }: { readonly databaseAhead: number; readonly kept: KeptTime | undefined }): void {
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

  /** Compares the clocks; gives the steady time. */
  private check(): number {
    const now = this.steady.now();
    this.addSleep(now);
    const ahead = this.now() - this.onFrom(this.base);
    if (Math.abs(ahead - this.drift.ahead) > steadyMs) this.drift = { ahead, since: now };
    else if (now - this.drift.since >= dayMs && !this.isApart) {
      // Only a person can give back rights that ended by a later time than the clock now shows.
      const behind = this.rights.now() - this.now();
      this.adopt(behind > dayMs ? behind : 0);
    }
    return now;
  }

  /** The machine slept: time has passed that the steady clock of the process did not count. */
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
      // The wall clock shows the time because it was set ahead: the moment comes when as much time has passed, or when the clock is
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
    // Whole milliseconds, like those of the machine's clock, because they are stored.
    return Math.floor(time + (this.steady.now() - at));
  }

  private boot(): number {
    return this.parts.sinceBoot?.() ?? 0;
  }

  private write(): void {
    // Other processes would take over a wrong time.
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

/** How long an earlier process saw the wall clock agree, if it went on from there by at most a day. */
function agreedBefore(kept: KeptTime, wall: number): number {
  const moved = wall - kept.time - kept.ahead;
  return Math.abs(kept.ahead) > dayMs && moved >= -steadyMs && moved <= dayMs ? kept.agreedMs : 0;
}

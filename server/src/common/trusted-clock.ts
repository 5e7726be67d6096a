import type { KeptTime, TrustedTimeStore } from '@heddle/adapters/stores';
import { steadySource, type Clock, type TimeSource } from '@heddle/core';

/** How far the wall clock may stand from the trusted time, and for how long it must stand still there to be trusted again. */
export const dayMs = 86_400_000;
/** A wall clock that moves by more than this against elapsed time was set: its day of agreement begins anew. */
const steadyMs = 3_600_000;
/** A machine that slept shows in the time since its start, not in the steady clock of the process. */
const sleptMs = 2_000;
const lookMs = 30_000;
const writeMs = 300_000;

/** What a trusted clock is made of. */
export interface TrustedClockParts {
  /** The wall clock and the steady clock of this process. */
  readonly base: Clock;
  readonly store: TrustedTimeStore;
  /** Milliseconds since the machine started, its sleep included; left out where that is not known. */
  readonly sinceBoot?: () => number;
  /** Hears why the time could not be kept. */
  readonly onFault?: (error: unknown) => void;
}

/** Where the wall clock stands against the time that Heddle trusts. */
export interface ClockState {
  readonly isTrusted: boolean;
  readonly wall: number;
  readonly trusted: number;
  /** Milliseconds; negative where the wall clock is behind. */
  readonly ahead: number;
  /** Whether the machine cannot just have been off: the clock is behind, or it was set while this process ran. */
  readonly wasSet: boolean;
  /** When the wall clock will be trusted by itself, by the wall clock, if it stays as it is. */
  readonly trustedAt: number;
  /** Milliseconds by which rights end earlier than the wall clock says, until a person confirms the clock. */
  readonly rightsAhead: number;
}

/**
 * The clock of a Heddle, and what it knows about the wall clock. The trusted time goes on at the pace of elapsed time; at a start it
 * is what was kept. A wall clock that stands more than a day from it is in doubt until a person confirms it or it has kept pace for a day.
 *
 * T1 What protects (idempotency keys, budgets, what is kept) goes by `trusted`: a jump neither ends nor renews it. T2 What gives rights
 * (sessions, keys, links) ends by `rights`, the later of both: no jump gives back what has ended. T3 What falls due (waits, schedules)
 * goes by `moments`: the wall clock, but not while it was set ahead. T4 Reading a time never writes and takes no lock.
 */
export class TrustedClock implements Clock {
  readonly steady: TimeSource;
  readonly moments: TimeSource;
  /** The time that surely has come: what protects is forgotten by it. */
  readonly trusted: TimeSource;
  /** The latest time that it can be: rights end by it. */
  readonly rights: Pick<TimeSource, 'now'>;

  /** The trusted time at a moment of the steady clock. */
  private base: { readonly time: number; readonly at: number };
  /** The wall clock as this process found it, and goes on from. */
  private line: { readonly time: number; readonly at: number };
  /** How far `rights` stand ahead of the trusted time. */
  private rightsAhead = 0;
  /** How far the wall clock stood ahead when its agreement began, and for how long it has lasted. */
  private drift: { readonly ahead: number; readonly since: number };
  private seen: { readonly at: number; readonly boot: number };
  private writtenAt = -Infinity;
  private stopTimer: (() => void) | undefined;

  /** Errors: `storage_*`. */
  constructor(private readonly parts: TrustedClockParts) {
    this.steady = steadySource(parts.base);
    const at = this.steady.now();
    const wall = parts.base.now();
    const kept = parts.store.read();
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

  /** Looks at the wall clock from time to time, and keeps the trusted time. */
  start(): void {
    const look = (): void => {
      this.look();
      if (this.steady.now() - this.writtenAt >= writeMs) this.write();
      this.stopTimer = this.steady.at(this.steady.now() + lookMs, look);
    };
    look();
  }

  /** Keeps the trusted time for the next process. */
  close(): void {
    this.stopTimer?.();
    this.look();
    this.write();
  }

  /** Whether anything may be removed for its age. */
  get isTrusted(): boolean {
    return this.state().isTrusted;
  }

  state(): ClockState {
    const now = this.look();
    const wall = this.now();
    const trusted = this.onFrom(this.base);
    const ahead = wall - trusted;
    return {
      isTrusted: Math.abs(ahead) <= dayMs,
      ...{ wall, trusted, ahead },
      wasSet: ahead < -dayMs || Math.abs(wall - this.onFrom(this.line)) > dayMs,
      trustedAt: wall + Math.max(0, dayMs - (now - this.drift.since)),
      rightsAhead: Math.max(0, this.rights.now() - Math.max(wall, trusted)),
    };
  }

  /** A person says that the wall clock is right: it is trusted from now on, for rights too. */
  confirm(): void {
    this.look();
    this.adopt(0);
    this.write();
  }

  /** Compares the clocks; gives the steady time. */
  private look(): number {
    const now = this.steady.now();
    this.addSleep(now);
    const ahead = this.now() - this.onFrom(this.base);
    if (Math.abs(ahead - this.drift.ahead) > steadyMs) this.drift = { ahead, since: now };
    else if (now - this.drift.since >= dayMs) {
      // Only a person gives back rights that ended by a later time than the clock now shows.
      const behind = this.rights.now() - this.now();
      this.adopt(behind > dayMs ? behind : 0);
    }
    return now;
  }

  /** The machine slept: time went on though the steady clock of the process did not. */
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
      // The wall clock has the time and was set ahead: it comes when as much time has passed, or when the clock is trusted.
      else stop = this.steady.at(this.steady.now() + Math.min(wait, lookMs), again);
    };
    const again = (): void => {
      stop = this.parts.base.at(time, onWall);
    };
    again();
    return () => stop();
  }

  private onFrom({ time, at }: { readonly time: number; readonly at: number }): number {
    // Whole milliseconds, as the clock of the machine gives: they are stored.
    return Math.floor(time + (this.steady.now() - at));
  }

  private boot(): number {
    return this.parts.sinceBoot?.() ?? 0;
  }

  private write(): void {
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

/** How long an earlier process saw the wall clock agree, where it has gone on from there since by a day at most. */
function agreedBefore(kept: KeptTime, wall: number): number {
  const moved = wall - kept.time - kept.ahead;
  return Math.abs(kept.ahead) > dayMs && moved >= -steadyMs && moved <= dayMs ? kept.agreedMs : 0;
}

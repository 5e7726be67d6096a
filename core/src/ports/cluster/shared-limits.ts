/** How much may be taken of a key in a time. */
export interface SharedLimit {
  readonly points: number;
  readonly seconds: number;
}

/** The answer to a request for points. */
export interface TakenPoints {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Milliseconds until more can be taken; 0 where this was allowed. */
  readonly waitMs: number;
}

/** Rate limits that all processes of a cluster share. */
export interface SharedLimits {
  /** Takes points of a key. While the processes cannot share, each one has its part of the limit. It does not throw. */
  take(key: string, limit: SharedLimit, points?: number): Promise<TakenPoints>;
  /** Gives points back that should not have counted. It does not throw. */
  giveBack(key: string, limit: SharedLimit, points?: number): Promise<void>;
  /** Forgets what was taken of a key. It does not throw. */
  clear(key: string, limit: SharedLimit): Promise<void>;
  /** Refuses all that is asked of a key for a while, such as after a provider said when to come back. */
  pause(key: string, limit: SharedLimit, forMs: number): Promise<void>;
}

/** A rate limit: how many points of a key may be taken in a period. */
export interface SharedLimit {
  readonly points: number;
  readonly seconds: number;
}

/** The reply to a request for points. */
export interface PointsReply {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Milliseconds until more can be taken; 0 if the request was allowed. */
  readonly waitMs: number;
}

/** Rate limits that all processes of a cluster share. */
export interface SharedLimits {
  /** Takes points of a key. While processes cannot share their counts, each has its part of the limit. Does not throw. */
  take(key: string, limit: SharedLimit, points?: number): Promise<PointsReply>;
  /** Returns points that should not have counted. Does not throw. */
  giveBack(key: string, limit: SharedLimit, points?: number): Promise<void>;
  /** Resets the points taken of a key. Does not throw. */
  clear(key: string, limit: SharedLimit): Promise<void>;
  /** Refuses all requests for a key for some time, for example when a provider asked to wait. */
  pause(key: string, limit: SharedLimit, forMs: number): Promise<void>;
}

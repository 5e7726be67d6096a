import { HeddleError, type GuardedWrite, type Tables } from '@heddle/core';
import { dayMs, dayOf, secondsLeftOf } from './day.js';

/** Who uploads, by which link, and how much they may on a day. */
interface Uploader {
  readonly share: string;
  /** A name for the anonymous user; it is kept until the day is over. */
  readonly anonymousUser: string;
  readonly limits: { readonly ofShare: number; readonly ofUser: number };
}

/** Room that an upload holds while it comes. */
interface HeldBytes {
  readonly uploader: Uploader;
  readonly day: number;
  readonly bytes: number;
}

/**
 * Bytes that anonymous users of share links upload on a day, from midnight to midnight, UTC: of all together and of each. Room is held before
 * anything is read, and settled with what came, so that two uploads at once never take the same room; what a kill leaves held is free
 * again on the next day.
 *
 * @example const held = await uploads.hold(uploader, 5_000_000, now); await uploads.settle(held, 4_200_000);
 */
export function createUploadLedger(tables: Tables) {
  return {
    /**
     * Takes room for an upload. Errors: `payload_too_large` where it never has room, `upload_budget_spent` where it has none today, `conflict` where
     * the link was removed meanwhile.
     */
    async hold(uploader: Uploader, bytes: number, now: number): Promise<HeldBytes> {
      const day = dayOf(now);
      const rooms = roomsOf(uploader);
      for (const { limit } of rooms)
        if (bytes > limit)
          throw new HeddleError('payload_too_large', `The files may have ${sizeText(limit)} together on a day.`, {
            details: { limit },
          });
      const { share } = uploader;
      await tables.note([
        { sql: 'DELETE FROM share_uploads WHERE day < @before', values: { before: day - dayMs } },
        ...rooms.map(({ name, limit }): GuardedWrite => ({
          sql: `INSERT INTO share_uploads (day, share, anonymous_user, bytes) VALUES (@day, @share, @name, @bytes)
            ON CONFLICT (day, share, anonymous_user) DO UPDATE SET bytes = share_uploads.bytes + excluded.bytes
              WHERE share_uploads.bytes + excluded.bytes <= @limit`,
          values: { day, share, name, bytes, limit },
          rows: 1,
          otherwise: () => isSpent(name === '', limit, now),
        })),
      ]);
      return { uploader, day, bytes };
    },
    /** An upload is over: what came of it counts. */
    async settle({ uploader, day, bytes }: HeldBytes, came: number): Promise<void> {
      const { share } = uploader;
      await tables.note(
        roomsOf(uploader).map(({ name }) => ({
          sql: `UPDATE share_uploads SET bytes = CASE WHEN bytes + @change < 0 THEN 0 ELSE bytes + @change END
            WHERE day = @day AND share = @share AND anonymous_user = @name`,
          values: { day, share, name, change: came - bytes },
        })),
      );
    },
    /** Bytes of all anonymous users of a link since midnight, with what is still coming. */
    async ofShare(share: string, now: number): Promise<number> {
      const sql = "SELECT bytes FROM share_uploads WHERE day = @day AND share = @share AND anonymous_user = ''";
      return (await tables.get<{ readonly bytes: number }>(sql, { day: dayOf(now), share }))?.bytes ?? 0;
    },
  };
}

/** What counts: all users of the link together, whose name is '', and the one user. */
const roomsOf = ({ anonymousUser, limits }: Uploader): readonly { readonly name: string; readonly limit: number }[] => [
  { name: '', limit: limits.ofShare },
  { name: anonymousUser, limit: limits.ofUser },
];

const isSpent = (isOfAll: boolean, limit: number, now: number): HeddleError =>
  new HeddleError(
    'upload_budget_spent',
    isOfAll
      ? `This page takes ${sizeText(limit)} of files a day, and has no room for these today.`
      : `You may send ${sizeText(limit)} of files a day on this page, and these would be more.`,
    { details: { limit, retryAfterSeconds: secondsLeftOf(now) } },
  );

const sizeText = (bytes: number): string => (bytes < 1e5 ? `${bytes} bytes` : `${Math.round(bytes / 1e5) / 10} MB`);

export type UploadLedger = ReturnType<typeof createUploadLedger>;

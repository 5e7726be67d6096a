import { HeddleError, type GuardedWrite, type Tables } from '@heddle/core';
import { dayMs, dayOf, secondsLeftOf } from './day.js';

/** An anonymous user, the link that they use, and the bytes that may be uploaded in a day. */
interface Uploader {
  readonly share: string;
  /** The id of the anonymous user; it is kept until the end of the day. */
  readonly anonymousUser: string;
  readonly limits: { readonly ofShare: number; readonly ofUser: number };
}

interface HeldBytes {
  readonly uploader: Uploader;
  readonly day: number;
  readonly bytes: number;
}

/**
 * Counts the bytes that anonymous users of share links upload in a day (UTC), for each link and for each user. The bytes are reserved
 * before anything is read, and corrected to the received amount afterwards, so concurrent uploads cannot exceed a limit together. A
 * reservation that a crash leaves behind ends with the day.
 *
 * @example const held = await uploads.hold(uploader, 5_000_000, now); await uploads.settle(held, 4_200_000);
 */
export function createUploadLedger(tables: Tables) {
  return {
    /**
     * Reserves bytes for an upload. Errors: `payload_too_large` if they exceed the limit of a day, `upload_budget_spent` if too few are
     * left today, `conflict` if the link was removed meanwhile.
     */
    async hold(uploader: Uploader, bytes: number, now: number): Promise<HeldBytes> {
      const day = dayOf(now);
      const rooms = roomsOf(uploader);
      for (const { limit } of rooms)
        if (bytes > limit)
          throw new HeddleError('payload_too_large', `All files together may have at most ${sizeText(limit)} a day.`, {
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
          otherwise: () => uploadBudgetSpent(name === '', limit, now),
        })),
      ]);
      return { uploader, day, bytes };
    },
    /** Ends an upload: only the received bytes count. */
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
    /** The bytes of all anonymous users of a link since midnight, including reserved ones. */
    async ofShare(share: string, now: number): Promise<number> {
      const sql = "SELECT bytes FROM share_uploads WHERE day = @day AND share = @share AND anonymous_user = ''";
      return (await tables.get<{ readonly bytes: number }>(sql, { day: dayOf(now), share }))?.bytes ?? 0;
    },
  };
}

/** The two limits: all users of the link together, under the name '', and this user. */
const roomsOf = ({ anonymousUser, limits }: Uploader): readonly { readonly name: string; readonly limit: number }[] => [
  { name: '', limit: limits.ofShare },
  { name: anonymousUser, limit: limits.ofUser },
];

const uploadBudgetSpent = (isOfAll: boolean, limit: number, now: number): HeddleError =>
  new HeddleError(
    'upload_budget_spent',
    isOfAll
      ? `This page accepts ${sizeText(limit)} of files a day, and these files exceed what is left today.`
      : `You may send ${sizeText(limit)} of files a day on this page, and these files exceed what you have left today.`,
    { details: { limit, retryAfterSeconds: secondsLeftOf(now) } },
  );

const sizeText = (bytes: number): string => (bytes < 1e5 ? `${bytes} bytes` : `${Math.round(bytes / 1e5) / 10} MB`);

export type UploadLedger = ReturnType<typeof createUploadLedger>;

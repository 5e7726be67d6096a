import { HeddleError } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { dayMs, dayOf, secondsLeftOf } from './day.js';

/** Who uploads, by which link, and how much they may on a day. */
export interface Uploader {
  readonly share: string;
  /** A name for the anonymous user; it is kept until the day is over. */
  readonly anonymousUser: string;
  readonly limits: { readonly ofShare: number; readonly ofUser: number };
}

/** Room that an upload holds while it comes. */
export interface HeldBytes {
  readonly uploader: Uploader;
  readonly day: number;
  readonly bytes: number;
}

/**
 * Bytes that anonymous users of share links upload on a day, from midnight to midnight, UTC: of all together and of each. Room is held before
 * anything is read, and settled with what came, so that two uploads at once never take the same room; what a kill leaves held is free
 * again on the next day.
 *
 * @example const held = uploads.hold(uploader, 5_000_000, now); uploads.settle(held, 4_200_000);
 */
export function createUploadLedger({ connection, file }: HeddleDatabase) {
  const usedOf = connection
    .prepare<[number, string, string], number>(
      'SELECT bytes FROM share_uploads WHERE day = ? AND share = ? AND anonymous_user = ?',
    )
    .pluck();
  const add = connection.prepare<[number, string, string, number]>(
    'INSERT INTO share_uploads (day, share, anonymous_user, bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET bytes = max(0, bytes + excluded.bytes)',
  );
  const change = connection.prepare<[number, number, string, string]>(
    'UPDATE share_uploads SET bytes = max(0, bytes + ?) WHERE day = ? AND share = ? AND anonymous_user = ?',
  );
  const age = connection.prepare<[number]>('DELETE FROM share_uploads WHERE day < ?');
  const used = (day: number, share: string, anonymousUser: string): number =>
    usedOf.get(day, share, anonymousUser) ?? 0;

  const hold = (uploader: Uploader, bytes: number, now: number): HeldBytes => {
    const { share, anonymousUser, limits } = uploader;
    const day = dayOf(now);
    for (const [name, limit] of [
      ['', limits.ofShare],
      [anonymousUser, limits.ofUser],
    ] as const) {
      if (bytes > limit)
        throw new HeddleError('payload_too_large', `The files may have ${sizeText(limit)} together on a day.`, {
          details: { limit },
        });
      if (used(day, share, name) + bytes <= limit) continue;
      throw new HeddleError(
        'upload_budget_spent',
        name === ''
          ? `This page takes ${sizeText(limit)} of files a day, and has no room for these today.`
          : `You may send ${sizeText(limit)} of files a day on this page, and these would be more.`,
        { details: { limit, retryAfterSeconds: secondsLeftOf(now) } },
      );
    }
    age.run(day - dayMs);
    for (const name of ['', anonymousUser]) add.run(day, share, name, bytes);
    return { uploader, day, bytes };
  };
  const settle = ({ uploader: { share, anonymousUser }, day, bytes }: HeldBytes, came: number): void => {
    for (const name of ['', anonymousUser]) change.run(came - bytes, day, share, name);
  };

  return {
    /** Takes room for an upload. Errors: `payload_too_large` where it never has room, `upload_budget_spent` where it has none today. */
    hold: (uploader: Uploader, bytes: number, now: number): HeldBytes =>
      withStorageErrors(file, () => connection.transaction(() => hold(uploader, bytes, now)).immediate()),
    /** An upload is over: what came of it counts. */
    settle: (held: HeldBytes, came: number): void =>
      withStorageErrors(file, () => connection.transaction(() => settle(held, came)).immediate()),
    /** Bytes of all anonymous users of a link since midnight, with what is still coming. */
    ofShare: (share: string, now: number): number => withStorageErrors(file, () => used(dayOf(now), share, '')),
  };
}

const sizeText = (bytes: number): string => (bytes < 1e5 ? `${bytes} bytes` : `${Math.round(bytes / 1e5) / 10} MB`);

export type UploadLedger = ReturnType<typeof createUploadLedger>;

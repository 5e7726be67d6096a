import type { UploadLedger } from '@heddle/adapters/channels';
import type { Clock, ShareConfig } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { networkOf } from '../../http/network-of.js';
import { isMultipart } from '../../files/parts-of.js';
import type { Entered } from './share-entry.js';

/** How many bytes of files one request through a link may contain. Never 0, because a page could not show that. */
export function mostOfUpload({ uploadBytesPerDay, uploadBytesPerUser }: ShareConfig, maxFileBytes: number): number {
  return Math.max(1, Math.min(maxFileBytes, uploadBytesPerDay, uploadBytesPerUser));
}

/**
 * Reads a request with files, and reserves their size in the daily limits of the link and of the user meanwhile. Bytes that were read
 * count, even if the request is refused later. Errors: `payload_too_large`, `upload_budget_spent`, and those of `read`.
 */
export async function withRoom<T>(
  parts: {
    readonly uploads: Pick<UploadLedger, 'hold' | 'settle'>;
    readonly clock: Pick<Clock, 'now'>;
    readonly maxFileBytes: number;
  },
  entered: Entered,
  request: FastifyRequest,
  read: (onRead: (bytes: number) => void) => Promise<T>,
): Promise<T> {
  if (!isMultipart(request)) return read(() => undefined);
  const { config, channel } = entered;
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  const uploader = {
    share: channel.id,
    anonymousUser: uploaderOf(entered, request.ip),
    limits: { ofShare: config.uploadBytesPerDay, ofUser: config.uploadBytesPerUser },
  };
  // A request without a length reserves the largest allowed size.
  const bytes = Number.isNaN(length) ? mostOfUpload(config, parts.maxFileBytes) : length;
  const held = await parts.uploads.hold(uploader, bytes, parts.clock.now());
  let came = 0;
  try {
    return await read((more) => (came += more));
  } finally {
    await parts.uploads.settle(held, Math.min(came, bytes));
  }
}

/** The daily limit of an anonymous user counts by network, because the page could make a new session for each request. */
function uploaderOf({ channel, member }: Entered, ip: string): string {
  if (member !== undefined) return member.id;
  return createHash('sha256')
    .update(`${channel.id} ${networkOf(ip)}`)
    .digest('base64url')
    .slice(0, 22);
}

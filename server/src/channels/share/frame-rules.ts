import { HeddleError } from '@heddle/core';
import type { IncomingHttpHeaders } from 'node:http';

/** What a share page in a frame may do: it never moves the page around it, and opens no dialogs over that. */
const sandbox = ['scripts', 'same-origin', 'forms', 'downloads', 'popups', 'popups-to-escape-sandbox'];

/**
 * Headers of a share page: scripts and styles of this server only, none inline, frames in exactly these origins, and in a frame the rights
 * of a sandbox. Undefined removes a header: the older frame header has no list.
 */
export function frameHeaders(
  origins: readonly string[],
  isFramed = false,
): Readonly<Record<string, string | undefined>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${origins.length === 0 ? "'none'" : origins.join(' ')}`,
    ...(isFramed ? [`sandbox ${sandbox.map((right) => `allow-${right}`).join(' ')}`] : []),
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-frame-options': origins.length === 0 ? 'DENY' : undefined,
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)',
    'x-robots-tag': 'noindex, nofollow',
    'cache-control': 'no-store',
  };
}

/** Whether the browser loads the page into a frame. */
export const isFrame = (headers: IncomingHttpHeaders): boolean =>
  /^(?:iframe|frame|embed|object|fencedframe)$/.test(headers['sec-fetch-dest'] ?? '');

/**
 * The origin of the page around a frame, as the browser names it; undefined without a frame, or where the browser names none and
 * enforces the list itself. Errors: `bad_origin` for a frame in a page of another origin.
 */
export function frameOf(headers: IncomingHttpHeaders, origins: readonly string[]): string | undefined {
  if (!isFrame(headers)) return undefined;
  const { referer } = headers;
  const around = referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
  if (origins.length > 0 && (around === undefined || origins.includes(around))) return around;
  throw new HeddleError('bad_origin', 'This page must not be shown inside that one.');
}

import { HeddleError } from '@heddle/core';
import type { IncomingHttpHeaders } from 'node:http';

/** What a share page may do inside a frame. It may neither navigate the surrounding page nor open dialogs. */
const sandbox = ['scripts', 'same-origin', 'forms', 'downloads', 'popups', 'popups-to-escape-sandbox'];

/**
 * The response headers of a share page. Scripts and styles come only from this server, and none are inline; only `origins` may frame the
 * page; a framed page runs in a sandbox. Undefined removes a header: `x-frame-options` cannot list origins.
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
 * The origin of the page around the frame, as the browser names it. Undefined without a frame, or if the browser names no origin; the
 * browser then enforces the list itself. Errors: `bad_origin` for a frame in a page of another origin.
 */
export function frameOf(headers: IncomingHttpHeaders, origins: readonly string[]): string | undefined {
  if (!isFrame(headers)) return undefined;
  const { referer } = headers;
  const around = referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
  if (origins.length > 0 && (around === undefined || origins.includes(around))) return around;
  throw new HeddleError('bad_origin', 'This page must not be shown inside that one.');
}

import { hasWordBefore, isBorder, type Detector, type Finding } from './finding.js';

const four = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/g;

/** IP addresses, version 4 and 6. A version number with four parts is told apart by the word before it. */
export const addresses: Detector = {
  kind: 'IP',
  find(text) {
    const findings: Finding[] = [];
    for (const { 0: found, index } of text.matchAll(four)) {
      const end = index + found.length;
      const isVersion =
        text[index - 1] === 'v' ||
        hasWordBefore(text.slice(Math.max(0, index - 12), index), 12, ['version', 'release']);
      if (isVersion || !found.split('.').every((part) => Number(part) <= 255)) continue;
      if (isBorder(text, index) && isBorder(text, end) && !isDotted(text, index, end))
        findings.push({ kind: 'IP', start: index, end });
    }
    let free = 0;
    for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', Math.max(at + 1, free))) {
      const [start, end] = around(text, at);
      free = end;
      if (isIpv6(text.slice(start, end)) && isBorder(text, start) && isBorder(text, end))
        findings.push({ kind: 'IP', start, end });
    }
    return findings;
  },
};

/** Whether the match is part of a longer number such as 1.2.3.4.5. */
const isDotted = (text: string, start: number, end: number): boolean =>
  (text[start - 1] === '.' && /\d/.test(text[start - 2] ?? '')) ||
  (text[end] === '.' && /\d/.test(text[end + 1] ?? ''));

const isHex = (code: number): boolean =>
  (code >= 48 && code <= 58) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);

/** The text around a colon that could be an address: at most 39 characters, without a single colon at its end. */
function around(text: string, colon: number): readonly [number, number] {
  let start = colon;
  let end = colon + 1;
  while (start > 0 && colon - start < 4 && isHex(text.charCodeAt(start - 1))) start -= 1;
  while (end < text.length && end - start < 40 && isHex(text.charCodeAt(end))) end += 1;
  if (text[end - 1] === ':' && text[end - 2] !== ':') end -= 1;
  return [start, end];
}

/** RFC 4291, section 2.2: eight groups, or fewer around one `::`. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? groups.length >= 1 && groups.length <= 7 : groups.length === 8;
}

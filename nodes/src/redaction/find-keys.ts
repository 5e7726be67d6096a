import { hasWordBefore, type Detector, type Finding } from './finding.js';

/** Keys with a known prefix. */
const known =
  /\b(?:sk-(?:ant-|proj-)?[\w-]{20,200}|gh[opsur]_\w{36,255}|github_pat_\w{22,255}|glpat-[\w-]{20,64}|xox[abeoprs]-[\w-]{10,255}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35}|hf_\w{30,64}|npm_\w{36}|pypi-[\w-]{40,255}|SG\.[\w-]{16,64}\.[\w-]{16,64}|[rs]k_(?:live|test)_\w{16,255}|whsec_\w{24,255}|hk_\w{20,255}|eyJ[\w-]{8,2048}\.eyJ[\w-]{8,4096}\.[\w-]{8,1024})/g;
const pem = '-----BEGIN ';
const token = /[A-Za-z0-9_+/.~-]{16,512}={0,2}/g;
const words = [
  'key',
  'token',
  'secret',
  'password',
  'passwd',
  'pwd',
  'bearer',
  'authorization',
  'credential',
  'kennwort',
  'passwort',
];
const urlPassword = /:\/\/[^\s:/@]{1,64}:([^\s:/@]{1,256})@/g;
const assigned =
  /\b(?:password|passwort|passwd|pwd|secret|token|api[_-]?key)["']?\s{0,3}[:=]\s{0,3}["']?([^\s"',;]{6,256})/gi;

/** Keys, tokens and passwords, found by a known prefix, by the name before them, or by their randomness. */
export const keys: Detector = {
  kind: 'KEY',
  find(text) {
    const findings: Finding[] = [];
    const add = (start: number, end: number): void => void findings.push({ kind: 'KEY', start, end });
    for (const { 0: found, index } of text.matchAll(known)) add(index, index + found.length);
    for (let at = text.indexOf(pem); at >= 0; at = text.indexOf(pem, at + 1)) {
      if (!/^-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/.test(text.slice(at, at + 80))) continue;
      const close = text.indexOf('-----END ', at);
      add(at, close < 0 ? text.length : Math.min(text.length, lineEnd(text, close)));
      if (close < 0) break;
    }
    for (const pattern of [urlPassword, assigned]) {
      for (const match of text.matchAll(pattern)) {
        const value = match[1] ?? '';
        const start = match.index + match[0].lastIndexOf(value);
        add(start, start + value.length);
      }
    }
    for (const { 0: found, index } of text.matchAll(token)) {
      const isNamed = hasWordBefore(text, index, words);
      if (isRandomText(found, isNamed)) add(index, index + found.length);
    }
    return findings;
  },
};

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/**
 * Whether a text with letters and digits has more entropy per character than words, paths and numbers. Hexadecimal text counts only after a
 * matching name.
 */
function isRandomText(text: string, isNamed: boolean): boolean {
  const plain = text.replace(/[.=]+$/, '');
  if (plain.length < (isNamed ? 16 : 28) || !/\d/.test(plain) || !/[A-Za-z]/.test(plain)) return false;
  if (/^[0-9a-fA-F-]+$/.test(plain)) return isNamed && plain.replace(/-/g, '').length >= 24;
  if (/[./]/.test(plain) && !isNamed) return false;
  const classes = [/[a-z]/, /[A-Z]/, /\d/].filter((pattern) => pattern.test(plain)).length;
  return classes >= (isNamed ? 2 : 3) && entropy(plain) >= (isNamed ? 3.2 : 4);
}

/** Shannon entropy in bits per character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

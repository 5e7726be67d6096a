import { isBorder, type Detector, type Finding } from './finding.js';

const isLocal = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 64 && code <= 90 && code !== 64) ||
  (code >= 97 && code <= 122) ||
  code > 127 ||
  "!#$%&'*+/=?^_`{|}~.-".includes(String.fromCharCode(code));
const domain = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}[\p{L}]{2,24}/u;

/** Email addresses (RFC 5321: at most 64 characters before the @). The search starts at each @, so that no character is read too often. */
export const emails: Detector = {
  kind: 'EMAIL',
  find(text) {
    const findings: Finding[] = [];
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      let start = at;
      while (start > 0 && at - start < 64 && isLocal(text.charCodeAt(start - 1))) start -= 1;
      while (start < at && ".'`".includes(text[start] ?? '')) start += 1;
      const after = domain.exec(text.slice(at + 1, at + 256))?.[0];
      if (start === at || after === undefined || text[at - 1] === '.' || isUrlPassword(text, start)) continue;
      const end = at + 1 + after.length;
      if (isBorder(text, end)) findings.push({ kind: 'EMAIL', start, end });
    }
    return findings;
  },
};

/** Whether the match is the password of an address such as `postgres://app:secret@db.example`, which counts as a key. */
const isUrlPassword = (text: string, start: number): boolean =>
  text[start - 1] === ':' && /:\/\/[^\s:/@]{1,64}:$/.test(text.slice(Math.max(0, start - 70), start));
